//! T-20, K-11: what parlour is made of, and what its papers say. `cargo deny check` says more, where it is installed and
//! the network lets it; these rules hold on every machine.

use std::{fs, path::Path};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn rules() -> toml_edit::DocumentMut {
    read("deny.toml").parse().unwrap()
}

#[test]
fn t20_the_lock_file_holds_what_may_be_there() {
    let lock: toml_edit::DocumentMut = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array_of_tables().unwrap();
    assert!(packages.len() > 200);
    // The one list of crates that must never come in, not even by way of others.
    let rules = rules();
    let banned: Vec<&str> = rules["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b.as_inline_table().unwrap()["crate"].as_str().unwrap())
        .collect();
    assert!(banned.len() >= 5, "{banned:?}");
    let text = |table: &toml_edit::Table, key: &str| table.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    for package in packages {
        let name = text(package, "name").unwrap();
        assert!(!banned.contains(&name.as_str()), "{name} is banned");
        if name == "parlour" {
            continue;
        }
        let source = text(package, "source");
        assert_eq!(source.as_deref(), Some("registry+https://github.com/rust-lang/crates.io-index"), "{name}");
        assert_eq!(text(package, "checksum").map(|c| c.len()), Some(64), "{name}");
    }
}

#[test]
fn t20_no_unsafe_and_no_plain_tcp() {
    let manifest: toml_edit::DocumentMut = read("Cargo.toml").parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let carrier = manifest["dependencies"]["tokio-xmpp"].to_string();
    assert!(carrier.contains("default-features = false"), "its TLS is not ours: {carrier}");
    let rules = rules();
    let features = rules["bans"]["features"].as_array_of_tables().unwrap();
    assert!(!features.is_empty());
    for rule in features {
        let name = rule["crate"].as_str().unwrap();
        let denied = rule["deny"].as_array().unwrap();
        for table in ["dependencies", "dev-dependencies"] {
            let wanted = manifest[table].get(name).map(ToString::to_string).unwrap_or_default();
            for feature in denied.iter().filter_map(|f| f.as_str()) {
                assert!(!wanted.contains(&format!("\"{feature}\"")), "{name} in {table}: {feature} is banned");
            }
        }
    }
    for key in ["unknown-registry", "unknown-git"] {
        assert_eq!(rules["sources"][key].as_str(), Some("deny"));
    }
}

#[test]
fn t20_k11_the_papers_say_it() {
    let words = |path: &str| read(path).split_whitespace().collect::<Vec<_>>().join(" ").replace("**", "");
    let security = words("SECURITY.md");
    for said in
        ["within 90 days", "private report", "Past faults", "`--locked`", "history is not encrypted on the disk"]
    {
        assert!(security.contains(said), "SECURITY.md: {said}");
    }
    let readme = words("README.md");
    for said in ["history on your disk is not encrypted", "(0600)", "SECURITY.md"] {
        assert!(readme.contains(said), "README.md: {said}");
    }
}
