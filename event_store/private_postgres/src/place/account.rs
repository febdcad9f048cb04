//! Who runs the server.
//!
//! A normal user runs it as herself. Root can't: Postgres refuses. So root uses the account that owns the cluster, or,
//! for a new one, `postgres` or another account without privileges.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Error, environment};

/// In order of preference. `_postgres` is what macOS calls it; `nobody` is everywhere.
const UNPRIVILEGED: [&str; 4] = ["postgres", "_postgres", "nobody", "daemon"];

/// An account of the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// Who we are.
    pub(crate) fn current() -> Result<Account, Error> {
        Account::look_up(&rustix::process::geteuid().as_raw().to_string())
    }

    /// Who runs the server on the cluster at `data`, which need not exist yet.
    pub(crate) fn for_cluster(data: &Path) -> Result<Account, Error> {
        let us = Account::current()?;
        let owner = fs::metadata(data).ok().map(|metadata| metadata.uid());
        match owner {
            Some(uid) if us.is_root() && uid != us.uid => Account::look_up(&uid.to_string()),
            None if us.is_root() => Account::unprivileged(),
            Some(uid) if uid == us.uid && !us.is_root() => Ok(us),
            None => Ok(us),
            Some(uid) => {
                let owner = Account::look_up(&uid.to_string()).map_or(uid.to_string(), |account| account.name);
                Err(Error::OwnedByAnother { path: data.to_path_buf(), owner })
            }
        }
    }

    fn unprivileged() -> Result<Account, Error> {
        UNPRIVILEGED
            .iter()
            .find_map(|name| Account::look_up(name).ok().filter(|account| !account.is_root()))
            .ok_or_else(|| Error::NoUnprivilegedAccount { tried: UNPRIVILEGED.join(", ") })
    }

    pub(crate) fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Whether a process of this account needs no change of account.
    pub(crate) fn is_us(&self) -> bool {
        rustix::process::geteuid().as_raw() == self.uid
    }

    /// A command that runs as this account, with a clean environment, without our terminal and our directory.
    ///
    /// When root sets a uid, the standard library also drops root's supplementary groups.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        environment::clean(&mut command);
        command.current_dir("/").stdin(Stdio::null());
        if !self.is_us() {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// By name or by number. `/etc/passwd` answers for nearly all; `id` asks the other sources (LDAP, macOS).
    fn look_up(who: &str) -> Result<Account, Error> {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        in_passwd(&passwd, who).or_else(|| by_id(who)).ok_or_else(|| Error::UnknownAccount { who: who.to_owned() })
    }
}

fn in_passwd(passwd: &str, who: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, uid, gid) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let matches = name == who || uid == who;
        matches.then(|| Some(Account { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? }))?
    })
}

fn by_id(who: &str) -> Option<Account> {
    let ask = |flag: &str| {
        let output = Command::new("id").args([flag, who]).stderr(Stdio::null()).output().ok()?;
        let answer = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| answer.trim().to_owned())
    };
    Some(Account { name: ask("-un")?, uid: ask("-u")?.parse().ok()?, gid: ask("-g")?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_found_by_name_and_by_number() {
        let expected = Some(Account { name: "postgres".to_owned(), uid: 101, gid: 104 });
        assert_eq!(in_passwd(PASSWD, "postgres"), expected);
        assert_eq!(in_passwd(PASSWD, "101"), expected);
        assert_eq!(in_passwd(PASSWD, "nobody"), None);
    }

    #[test]
    fn id_knows_root_too() {
        assert_eq!(by_id("root").map(|account| account.uid), Some(0));
        assert_eq!(by_id("no-such-account"), None);
    }

    #[test]
    fn a_command_of_another_account_keeps_no_groups_of_root() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let account = Account::unprivileged().unwrap();
        let output = account.command("/bin/sh").args(["-c", "id -G"]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), account.gid.to_string());
    }
}
