//! The first screen: signing in, creating an account, trying the demo.

use crate::model::AccountId;
use std::fmt::Display;

/// An address with a name, for a guest.
pub fn guest_has_no_name(domain: &str) -> String {
    tr!("a guest has no name: type {domain} alone")
}

/// The password field is empty.
pub fn password_missing() -> String {
    tr!("type the password")
}

/// The port field.
pub fn bad_port() -> String {
    tr!("must be a whole number from 1 to 65535")
}

/// A port without a host.
pub fn port_needs_host() -> String {
    tr!("a port needs a host")
}

/// Direct TLS without a host.
pub fn tls_needs_host() -> String {
    tr!("direct TLS needs a host; without one it is found automatically")
}

/// The address field is empty.
pub fn address_missing() -> String {
    tr!("type your address, such as you@example.org")
}

/// The same, where an account is created.
pub fn server_missing() -> String {
    tr!("type the server, such as example.org")
}

/// Half of an address.
pub fn name_missing(server: &str) -> String {
    tr!("the name before the @ is missing, as in you@{server}")
}

/// The same.
pub fn no_server_after(name: &str) -> String {
    tr!("the server after the @ is missing, as in {name}@example.org")
}

/// The same.
pub fn no_server(name: &str) -> String {
    tr!("the server after the name is missing, as in {name}@example.org")
}

/// Another key was typed than the server's.
pub fn other_key() -> String {
    tr!("this is not the key that the server showed")
}

/// Too few digits of a key.
pub fn whole_key() -> String {
    tr!("type all 64 digits, or sign in without it first: then the server shows its key")
}

/// What to know of a refused certificate.
pub fn nothing_sent() -> String {
    tr!("nothing was sent")
}

/// How to go on after a refused certificate.
pub fn pin_it(key: &str, digits: usize) -> String {
    tr!("nothing was sent. Its key is {key}. Only if the server's operator tells you the same by another way, \
         type the first {digits} digits of it or more here. Your own CA goes into CA file")
}

/// The server showed no certificate that can be read.
pub fn right_server() -> String {
    tr!("nothing was sent. Is it the right server?")
}

/// The account that is added.
pub fn already_there() -> String {
    tr!("this account already exists here")
}

/// The password was refused.
pub fn type_again() -> String {
    tr!("type it again")
}

/// A CA file that cannot be read.
pub fn ca_file() -> String {
    tr!("nothing was sent. Correct the path, or leave it empty")
}

/// The server offers no TLS.
pub fn no_tls() -> String {
    tr!("parlour never signs in without TLS")
}

/// The server cannot be reached by the proxy.
pub fn check_proxy() -> String {
    tr!("check the proxy and the address")
}

/// The server cannot be reached at the host.
pub fn check_host() -> String {
    tr!("check the host and the port")
}

/// The server cannot be found.
pub fn check_address() -> String {
    tr!("check the part after the @, or set a host")
}

/// The server offers no way to sign in.
pub fn no_mechanism() -> String {
    tr!("only the server's administrator can change that")
}

/// The server wants the password itself.
pub fn allow_plain() -> String {
    tr!("tick this to send it anyway, inside TLS, if you trust the server")
}

/// The server is weaker than before.
pub fn weaker() -> String {
    tr!("say yes above to accept it anyway, then retry")
}

/// The server does not know the password.
pub fn server_proof() -> String {
    tr!("somebody may be between you and the server")
}

/// The resource is in use.
pub fn conflict() -> String {
    tr!("choose another resource")
}

/// The server refused a registration.
pub fn registration() -> String {
    tr!("Enter shows the form again, as you filled it in")
}

/// Anything else.
pub fn retry() -> String {
    tr!("retry")
}

/// Why signing in failed, and what to do.
pub fn failed(why: &str, advice: &str) -> String {
    tr!("{why} · {advice}")
}

/// The same, for the log.
pub fn failed_for(account: impl Display, what: &str) -> String {
    tr!("{account}: {what}")
}

/// The first account is signed in.
pub fn welcome(account: &AccountId) -> String {
    tr!("welcome, {account}: Ctrl-K goes to a person or room, F5 joins or starts, F1 helps")
}

/// Esc on the first screen.
pub fn no_account_yet() -> String {
    tr!("there is no account yet: Ctrl-Q quits, \"Try the demo\" above needs none")
}

/// The label of the second password field.
pub fn password_again() -> String {
    tr!("Password again")
}

/// The first line of the first screen.
pub fn welcome_line() -> String {
    tr!("Welcome. This is a chat client for XMPP, the open messaging network.")
}

/// The last line of the first screen.
pub fn nothing_sent_yet() -> String {
    tr!("Nothing is sent anywhere until you go on.")
}

/// The same, where the demo is chosen.
pub fn demo_is_local() -> String {
    tr!("A server inside the program: nothing leaves this machine, nothing is kept.")
}

/// The theme in use.
pub fn theme_auto() -> String {
    tr!("auto, the terminal's own")
}

/// The theme in use.
pub fn theme_light() -> String {
    tr!("light")
}

/// The theme in use.
pub fn theme_dark() -> String {
    tr!("dark")
}

/// The theme in use.
pub fn theme_mono() -> String {
    tr!("mono, none")
}

/// The theme in use.
pub fn theme(name: &str, dot: &str) -> String {
    tr!("Theme: {name} {dot}")
}

/// What the key after [`theme`] does.
pub fn theme_key() -> String {
    tr!("shows the next of auto, light, dark and mono")
}

/// A key stands in lines of its own, above the text that held it.
pub fn above(before: &str, after: &str) -> String {
    tr!("{before}above{after}")
}

/// Beside a box to tick.
pub fn about_direct_tls() -> String {
    tr!("TLS from the first byte, without STARTTLS")
}

/// Label of a box to tick.
pub fn direct_tls() -> String {
    tr!("Direct TLS")
}

/// Beside a box to tick.
pub fn about_plain() -> String {
    tr!("send the password itself if nothing better is offered")
}

/// Label of a box to tick.
pub fn allow_plain_label() -> String {
    tr!("Allow PLAIN")
}

/// Beside a box to tick.
pub fn about_guest() -> String {
    tr!("no account: the server lends an address (ANONYMOUS)")
}

/// Label of a box to tick.
pub fn guest() -> String {
    tr!("Guest")
}

/// Label of a field: the user's own certificate.
pub fn certificate() -> String {
    tr!("Certificate")
}

/// Label of a field: the key of the certificate.
pub fn key() -> String {
    tr!("Its key")
}

/// Label of a field.
pub fn server() -> String {
    tr!("Server")
}

/// Label of a field.
pub fn address() -> String {
    tr!("Address")
}

/// Label of a field.
pub fn password() -> String {
    tr!("Password")
}

/// Label of a field.
pub fn host() -> String {
    tr!("Host")
}

/// Label of a field.
pub fn port() -> String {
    tr!("Port")
}

/// Label of a field.
pub fn proxy() -> String {
    tr!("SOCKS5")
}

/// Label of a field.
pub fn ca_file_label() -> String {
    tr!("CA file")
}

/// Label of a field.
pub fn pin() -> String {
    tr!("Pinned key")
}

/// Label of a field.
pub fn resource() -> String {
    tr!("Resource")
}

/// Beside the password.
pub fn hide_key() -> String {
    tr!("Ctrl-T hide")
}

/// The same.
pub fn show_key() -> String {
    tr!("Ctrl-T show")
}

/// Beside the pinned key.
pub fn fingerprint() -> String {
    tr!("SHA-256, in hex")
}

/// A way to begin.
pub fn have_account() -> String {
    tr!("I have an account")
}

/// A way to begin.
pub fn create_account() -> String {
    tr!("Create a new one")
}

/// A way to begin.
pub fn try_demo() -> String {
    tr!("Try the demo")
}

/// A way to begin, where there is little room.
pub fn sign_in_short() -> String {
    tr!("Sign in")
}

/// The same.
pub fn new_short() -> String {
    tr!("New")
}

/// The same.
pub fn demo_short() -> String {
    tr!("Demo")
}

/// Beside the box that saves the password.
pub fn keyring_sought() -> String {
    tr!("looking for a keyring")
}

/// The same.
pub fn keyring_named(name: impl Display) -> String {
    tr!("in your keyring ({name})")
}

/// The same.
pub fn no_keyring(why: impl Display) -> String {
    tr!("{why}: you are asked at each start")
}

/// Label of the box that saves the password.
pub fn save() -> String {
    tr!("Save it")
}

/// The fields that few need.
pub fn advanced() -> String {
    tr!("Advanced")
}

/// What they are.
pub fn advanced_fields() -> String {
    tr!("host, port, TLS, proxy, certificates, guest, resource")
}

/// The button.
pub fn go_sign_in() -> String {
    tr!("[ Sign in ]")
}

/// The button, where an account is created.
pub fn go_register() -> String {
    tr!("[ See the server's form ]")
}

/// The button, where the demo is chosen.
pub fn go_demo() -> String {
    tr!("[ Start the demo ]")
}
