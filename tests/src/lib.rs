//! The acceptance harness: drives the real `leadflow` binary from outside.
//!
//! Nothing here links the product. What a test knows, it learned from the command line, from signed HTTP or from
//! GraphQL, so a test that passes says something about what a user gets. The one exception is the gateways' WhatsApp
//! simulator, which plays Meta and stands on the other side of the wire.
//!
//! | to | see |
//! |---|---|
//! | build and find the binary | [`binary`] |
//! | own a data directory, and leave nothing behind | [`installation`] |
//! | run a command | [`cli`] |
//! | start, kill and stop `serve` | [`server`] |
//! | register a tenant with a number and a token | [`business`] |
//! | ask somebody to work for it, who joins | [`colleagues`] |
//! | post signed webhooks on many connections | [`sender`] |
//! | open a lead form, and fill it in | [`forms`] |
//! | bring a file of leads | [`imports`] |
//! | make up what customers write, and all else | [`trace`], [`kinds`], [`traffic`], [`story`] |
//! | tell which of one second's messages is the later | [`ties`] |
//! | read back, and compare what was read | [`graphql`], [`export`] |
//! | wait for something without guessing how long | [`patience`] |
//! | break things | [`faults`] |

pub mod binary;
pub mod business;
pub mod cli;
pub mod colleagues;
pub mod export;
pub mod external;
pub mod faults;
pub mod forms;
pub mod graphql;
pub mod imports;
pub mod installation;
pub mod kinds;
pub mod patience;
pub mod sender;
pub mod server;
pub mod story;
pub mod ties;
pub mod trace;
pub mod traffic;
pub mod walk_in;
