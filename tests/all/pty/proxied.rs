//! T-14, seen from outside: of all system calls that the real binary makes, those that reach for the network reach for
//! the proxy alone, also when the proxy is gone; and nothing that looks names up is even opened.

use super::harness::{Home, Plan, Term, lacks};
use super::rogue::Rogue;
use crate::transport::socks::{Manner, Socks};
use std::os::unix::fs::PermissionsExt;

/// The lines of a trace that say where something was sent.
fn reached(trace: &str) -> Vec<&str> {
    trace.lines().filter(|line| line.contains("sa_family=AF_INET")).collect()
}

/// The lines of a trace that ask for names: of DNS, or of the services that the C library asks.
fn looked_up(trace: &str) -> Vec<&str> {
    let signs = ["/etc/resolv.conf", "/etc/hosts", "nscd/socket", "htons(53)", "io.systemd.Resolve"];
    trace.lines().filter(|line| signs.iter().any(|sign| line.contains(sign))).collect()
}

/// Signs in with this config, does what `then` says, quits; gives the trace.
fn traced(config: &str, then: impl FnOnce(&mut Term)) -> String {
    let home = Home::new().with_config(config);
    std::fs::set_permissions(home.config(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let calls = "trace=connect,sendto,sendmsg,sendmmsg,open,openat";
    let parlour = env!("CARGO_BIN_EXE_parlour");
    let args = ["-f", "-qq", "-s", "200", "-e", calls, "-e", "signal=none", "-o", "trace", parlour];
    let mut term = Term::start(&home, &Plan { program: "strace", args: &args, size: (120, 36), ..Plan::default() });
    then(&mut term);
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);
    std::fs::read_to_string(home.path().join("trace")).unwrap()
}

#[test]
fn t14_the_real_binary_reaches_for_nothing_but_the_proxy() {
    if lacks(&["strace"]) {
        return;
    }
    let rogue = Rogue::start();
    let account = format!(
        "[accounts.\"me@a.test\"]\nresource = \"here\"\nallow_plaintext_password = true\npassword = \"secret\"\n\
         direct_tls = true\nca_file = \"{}\"\n",
        rogue.ca_file().display()
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let proxy = runtime.block_on(Socks::start(Manner::Login, rogue.port));
    let place = format!("127.0.0.1:{}", proxy.port);
    let trace = traced(&format!("{account}socks5 = \"{place}\"\n"), |term| {
        term.wait_for("● online");
        // Now there is no way to the server but past the proxy.
        runtime.shutdown_background();
        term.wait_for("cannot reach the server: the proxy");
    });
    let asked = proxy.asked();
    assert_eq!((asked[0].host.as_str(), asked[0].is_name, asked[0].port), ("a.test", true, 5223));
    let to_proxy = format!("sin_port=htons({}), sin_addr=inet_addr(\"127.0.0.1\")", proxy.port);
    let (ours, others): (Vec<_>, Vec<_>) = reached(&trace).into_iter().partition(|line| line.contains(&to_proxy));
    assert!(ours.len() >= 2, "once with the proxy and once without: {ours:#?}");
    assert!(others.is_empty(), "past the proxy: {others:#?}");
    let names = looked_up(&trace);
    assert!(names.is_empty(), "names are looked up: {names:#?}");
    crate::figures::figure(
        "T-14",
        "pty",
        &format!("0 of {} connections past the proxy, 0 names looked up", ours.len()),
    );
}

/// The test above can see what it looks for: without a proxy a host that is called by name is looked up and reached.
#[test]
fn t14_without_a_proxy_the_same_signs_are_there() {
    if lacks(&["strace"]) {
        return;
    }
    // Nobody listens on port 1.
    let account = "[accounts.\"me@a.test\"]\nhost = \"localhost\"\nport = 1\nallow_plaintext_password = true\n\
                   password = \"secret\"\n";
    let trace = traced(account, |term| term.wait_for("no connection"));
    assert!(!looked_up(&trace).is_empty() && !reached(&trace).is_empty());
}
