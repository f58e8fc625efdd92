//! From an account to a server over real TCP, TLS and UDP: T-09 to T-17. What is not here: T-18 (DANE and POSH are not
//! promised: there is no validating resolver to trust), T-19 (files are not sent yet; the one document that is fetched is in `outage`).

mod certificates;
pub mod certs;
mod elsewhere;
mod host;
mod names;
mod old_tls;
mod outage;
pub mod pages;
mod proxy;
pub mod socks;
mod srv;
