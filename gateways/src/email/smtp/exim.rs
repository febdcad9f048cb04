//! A mail server for one test: Exim, behind a free port of this machine. What it takes stays in its spool.

use std::fs::{self, Permissions};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// What it answers to `MAIL` and `RCPT` hangs on the address; to sign in, one is `desk` with the password `p@ss:word`.
const CONFIGURATION: &str = "\
primary_hostname = mail.example
spool_directory = FOLDER/spool
log_file_path = FOLDER/log/%slog
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
queue_only
smtputf8_advertise_hosts = UTF8_HOSTS
tls_advertise_hosts = TLS_HOSTS
tls_certificate = FOLDER/certificate.pem
tls_privatekey = FOLDER/key.pem
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny   local_parts = nobody
         message = 550 5.1.1 <$local_part@$domain>: there is nobody of that name
  deny   local_parts = forbidden
         message = 550 5.7.1 <$local_part@$domain>: you may not
  defer  local_parts = later
         message = 451 4.2.1 <$local_part@$domain>: not now
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and {{eq {$auth2}{desk}}{eq {$auth3}{p@ss:word}}}}
  server_set_id = $auth2
";

/// What a server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Can {
    /// TLS from the first byte on.
    Implicit,
    /// STARTTLS.
    StartTls,
    /// No TLS.
    Nothing,
}

/// A running server.
pub(super) struct Exim {
    process: Child,
    folder: TempDir,
    address: SocketAddr,
    /// What it shows that it is `localhost`, in PEM.
    pub(super) certificate: String,
}

impl Exim {
    /// Starts one; `None`, and that is said, where no Exim is installed.
    pub(super) fn start(can: Can) -> Option<Self> {
        let program =
            ["/usr/sbin/exim4", "/usr/sbin/exim", "/usr/bin/exim"].into_iter().find(|path| Path::new(path).exists());
        let Some(program) = program else {
            assert!(
                std::env::var_os("LEADFLOW_REQUIRE_ALL").is_none_or(|value| value != "1"),
                "cannot skip: there is no Exim here; install exim4-daemon-light"
            );
            // Past the test harness, which keeps what tests print to itself.
            writeln!(std::io::stderr(), "SKIPPED: there is no Exim here; install exim4-daemon-light").unwrap();
            return None;
        };
        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        // Started by root, it works under an account of its own.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for name in ["spool", "log"] {
            fs::create_dir(at(name)).unwrap();
            fs::set_permissions(at(name), Permissions::from_mode(0o777)).unwrap();
        }
        fs::write(at("certificate.pem"), pair.cert.pem()).unwrap();
        fs::write(at("key.pem"), pair.signing_key.serialize_pem()).unwrap();
        let hosts = |offered: bool| if offered { "*" } else { ":" };
        let configuration = CONFIGURATION
            .replace("FOLDER", folder.path().to_str().unwrap())
            .replace("TLS_HOSTS", hosts(can == Can::StartTls))
            .replace("UTF8_HOSTS", hosts(can == Can::StartTls));
        fs::write(at("exim.conf"), configuration).unwrap();
        for name in ["certificate.pem", "key.pem", "exim.conf"] {
            fs::set_permissions(at(name), Permissions::from_mode(0o644)).unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut exim = Command::new(program);
        // It is given the socket, which listens already.
        exim.arg("-C").arg(at("exim.conf")).arg("-bw").stdin(Stdio::from(OwnedFd::from(listener)));
        if can == Can::Implicit {
            exim.arg("-tls-on-connect");
        }
        let process = exim.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { process, folder, address, certificate: pair.cert.pem() })
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it has taken, each as it keeps it: to whom, how it came and its headers, then its body.
    pub(super) fn taken(&self) -> Vec<(String, String)> {
        let spool = self.folder.path().join("spool/input");
        let Ok(files) = spool.read_dir() else { return Vec::new() };
        let read = |name: &str| String::from_utf8(fs::read(spool.join(name)).unwrap()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names
            .filter_map(|name| Some(name.strip_suffix("-H")?.to_owned()))
            .map(|id| (read(&format!("{id}-H")), read(&format!("{id}-D"))))
            .collect()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
