//! From an account to a server over real TCP, TLS and UDP: T-09 to T-17. What is not here: T-18 (DANE and POSH are not
//! promised: there is no validating resolver to trust), T-19 (there is no HTTP yet).

mod certificates;
mod certs;
mod elsewhere;
mod host;
mod names;
mod old_tls;
mod proxy;
pub mod socks;
mod srv;
