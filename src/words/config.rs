//! What is wrong in the config.

use std::fmt::Display;

/// One warning about the config.
pub fn kept_in_log(warning: impl Display) -> String {
    tr!("{warning} (F12 keeps this)")
}

/// Several warnings about the config.
pub fn not_understood(count: usize) -> String {
    trn!(
        count,
        "1 line of the config is not understood: F12 shows it",
        "{count} lines of the config are not understood: F12 shows which"
    )
}

/// /reload failed.
pub fn not_reloaded(why: impl Display) -> String {
    tr!("the config was not read again: {why}")
}

/// --config with a file that is not there.
pub fn no_such_file() -> String {
    tr!("there is no such file; without --config parlour reads the profile's own")
}

/// The config was writable by others.
pub fn was_open(file: impl Display) -> String {
    tr!("others could change {file} until now (its mode is now 0600): check that all of it is yours")
}

/// The config was changed again and again.
pub fn too_many_changes() -> String {
    tr!("a file was not changed: too many changes at once")
}

/// The config could not be read again.
pub fn not_read() -> String {
    tr!("the config was not read")
}

/// strengths.toml could not be written.
pub fn strengths_not_kept(why: impl Display, source: &str) -> String {
    tr!("what was learned of the server is not kept: {why}{source}")
}

/// Why a config is not used.
pub fn file_is_foreign() -> String {
    tr!("it belongs to another user, who could have parlour run any program; take it over with chown, or copy it")
}

/// The same.
pub fn folder_is_foreign() -> String {
    tr!("its folder belongs to another user, who could have parlour run any program")
}

/// The same.
pub fn file_is_open() -> String {
    tr!("others may write it, and could have parlour run any program; chmod go-w it")
}

/// The same.
pub fn folder_is_open() -> String {
    tr!("others may write into its folder, and could have parlour run any program; chmod go-w the folder")
}

/// A name in the config that there is not, with one like it.
pub fn unknown_but(name: impl Display, near: impl Display) -> String {
    tr!("{name} is not known; did you mean {near}?")
}

/// A name in the config that there is not.
pub fn unknown(name: impl Display) -> String {
    tr!("{name} is not known")
}

/// A value where a table belongs.
pub fn is_table(name: &str) -> String {
    tr!("{name} is a table: write [{name}]")
}

/// Two tables of one account.
pub fn account_twice() -> String {
    tr!("this account is here twice: the first one counts")
}

/// The name of an account's table.
pub fn account_name() -> String {
    tr!("an account is name@server; put it in quotes: [accounts.\"name@server\"]. Without an account there, \
         write guest = true")
}

/// The name of a guest's table.
pub fn guest_has_no_name() -> String {
    tr!("a guest has no name: write the server alone")
}

/// A password in the config.
pub fn password_is_text() -> String {
    tr!("the password must be a text in quotes")
}

/// A password in the config.
pub fn password_not_allowed() -> String {
    tr!("a password in the config needs allow_plaintext_password = true; password_command or the keyring are \
         safer")
}

/// A password in the config.
pub fn password_readable() -> String {
    tr!("this file holds a password and others may read it: chmod 600 it, and change the password")
}

/// A password in the config.
pub fn password_plain() -> String {
    tr!("a password is here in plain text; password_command or the keyring are safer")
}

/// A value of another kind.
pub fn true_or_false() -> String {
    tr!("write true or false")
}

/// A value of another kind.
pub fn quoted_text() -> String {
    tr!("write a text in quotes, on one line")
}

/// A value of another kind.
pub fn port() -> String {
    tr!("a port is a number from 1 to 65535")
}

/// A value of another kind.
pub fn languages() -> String {
    tr!("write languages as a list of tags: [\"de-AT\", \"en\"]")
}

/// A value of another kind.
pub fn program() -> String {
    tr!("write the program and its arguments as a list: [\"pass\", \"show\", \"xmpp\"]")
}

/// A password in the config.
pub fn proxy_readable() -> String {
    tr!("the proxy's password is here and others may read this file: chmod 600 it")
}

/// A value of another kind.
pub fn fingerprints() -> String {
    tr!("write a list of fingerprints: [\"sha256:…\"], each with 64 hex digits")
}

/// A value of another kind.
pub fn action() -> String {
    tr!("write the action's name in quotes; \"\" unbinds the key")
}

/// A value of another kind.
pub fn scalar() -> String {
    tr!("write a text, a number, true or false")
}

/// Why a file cannot be read.
pub fn not_a_file() -> String {
    tr!("it is not a file")
}

/// Why a file cannot be read.
pub fn too_long() -> String {
    tr!("it is longer than 1 MB")
}

/// Why a file cannot be read.
pub fn not_utf8() -> String {
    tr!("it is not UTF-8")
}

/// strengths.toml cannot be read.
pub fn strengths_faulty(path: impl Display, why: impl Display) -> String {
    tr!("{path} has a fault ({why}); it was renamed to strengths.toml.faulty, and what was learned of your \
         servers begins anew")
}

/// A config that cannot be read.
pub fn cannot_read(file: impl Display, why: impl Display) -> String {
    tr!("cannot read {file}: {why}")
}

/// A config that others could have written.
pub fn not_used(file: impl Display, why: impl Display) -> String {
    tr!("{file} is not used: {why}")
}

/// There is no home folder.
pub fn no_home() -> String {
    tr!("no home folder: set HOME")
}

/// A folder of parlour's own.
pub fn foreign_folder(path: impl Display) -> String {
    tr!("{path} belongs to another user")
}

/// The system's random numbers.
pub fn no_random() -> String {
    tr!("the system gives no random numbers")
}

/// A change of the config.
pub fn has_fault(why: impl Display) -> String {
    tr!("the config file has a fault, so it was not changed: {why}")
}

/// A change of the config.
pub fn not_changed(why: impl Display) -> String {
    tr!("the config file was not changed: {why}")
}

/// A change of the config.
pub fn not_written(why: impl Display) -> String {
    tr!("the config file was not written: {why}")
}
