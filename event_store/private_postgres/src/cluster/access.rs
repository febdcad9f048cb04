//! Who may connect: exactly us.
//!
//! Over the socket only, by the account that the kernel vouches for. That is the server's account, and root where root
//! runs LeadFlow. Written anew at each start, beside the cluster and not in it.

use crate::Error;
use crate::cluster::site::Site;
use crate::connection::ROLE;
use crate::place::account::Account;
use crate::place::files;

/// Writes both files.
pub(crate) fn write(site: &Site) -> Result<(), Error> {
    let hba = format!(
        "# Written by LeadFlow at each start.\n\
         local all         {ROLE} peer map=us\n\
         local replication {ROLE} peer map=us\n"
    );
    files::replace(&site.home.hba(), &hba, &site.account)?;
    files::replace(&site.home.ident(), &ident(&site.account, &Account::current()?), &site.account)
}

fn ident(server: &Account, us: &Account) -> String {
    let mut names = vec![server.name.as_str()];
    if us != server {
        names.push(&us.name);
    }
    names.iter().fold("# Written by LeadFlow at each start.\n".to_owned(), |file, name| {
        // Quoted: an account's name may contain what the file's syntax claims, such as a backslash or a blank.
        file + &format!("us \"{}\" {ROLE}\n", name.replace('"', "\"\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_and_we_and_nobody_else() {
        let account = |name: &str, uid| Account { name: name.to_owned(), uid, gid: uid };
        let file = ident(&account("postgres", 101), &account("root", 0));
        assert_eq!(file.lines().skip(1).collect::<Vec<_>>(), ["us \"postgres\" leadflow", "us \"root\" leadflow"]);
        let file = ident(&account("ann", 1000), &account("ann", 1000));
        assert_eq!(file.lines().skip(1).collect::<Vec<_>>(), ["us \"ann\" leadflow"]);
    }
}
