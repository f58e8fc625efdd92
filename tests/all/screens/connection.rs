//! `/connection` and `/cert` as they look, at the three sizes.

use super::show;
use super::snapshots::snap;
use crate::update::certificates::log_in;
use crate::update::desk::Desk;

#[test]
fn connection() {
    let mut desk = Desk::online();
    log_in(&mut desk);
    desk.enters("/connection");
    snap("connection", &desk.state);
    desk.key("end");
    let shown = show(&desk.state, 80, 24);
    assert!(shown.contains("XEP-0352"), "the last line can be reached:\n{shown}");
    desk.key("esc");
    desk.enters("/cert");
    snap("cert", &desk.state);
    desk.key("esc");
    let top = show(&desk.state, 120, 30).lines().next().unwrap().to_owned();
    assert!(top.contains("TLS 1.3") && !top.contains("bound"), "the rest stands in /connection: {top}");
}
