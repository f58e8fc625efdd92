//! The config file, directories, themes and the sources of passwords.
