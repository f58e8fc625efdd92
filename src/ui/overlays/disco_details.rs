//! The right half of the service browser: identity, abilities by name, details.

use crate::model::{DiscoInfo, Form};
use crate::state::overlays::{DiscoView, Load};
use crate::ui::pen::Pen;
use crate::words;
use ratatui::style::Style;

/// Draws what is known of the chosen row.
pub fn draw(view: &DiscoView, pen: &mut Pen) {
    let Some(node) = view.nodes.get(view.selected) else { return };
    let theme = pen.theme;
    let mut out = Lines { pen, y: 0 };
    out.put(node.jid.as_str(), theme.heading);
    if let Some(n) = &node.node {
        out.pair(&words::service::node(), n);
    }
    match (&node.info, &node.info_load) {
        (Some(info), _) => all(info, &mut out),
        (None, Load::Unasked | Load::Done) => out.put(&words::service::enter_asks(), theme.dim),
        (None, Load::Loading) => out.put(&words::service::asking(), theme.dim),
        (None, Load::Failed(why)) => {
            let words = format!("{} {}", theme.glyphs.failed, why.raw());
            out.put(&words, theme.error);
            out.put(&words::service::asks_again(), theme.dim);
        }
    }
}

struct Lines<'p, 'b> {
    pen: &'p mut Pen<'b>,
    y: u16,
}

impl Lines<'_, '_> {
    fn put(&mut self, words: &str, style: Style) {
        let width = self.pen.width().saturating_sub(2);
        self.pen.fit(1, self.y, width, words, style);
        self.y = self.y.saturating_add(1);
    }

    fn heading(&mut self, words: &str) {
        let width = self.pen.width().saturating_sub(2);
        let style = self.pen.theme.dim;
        self.pen.part(1, self.y, width, 1).titled_rule(0, 1, words, style);
        self.y = self.y.saturating_add(1);
    }

    fn pair(&mut self, label: &str, value: &str) {
        let theme = self.pen.theme;
        let x = self.pen.fit(1, self.y, self.pen.width() / 3, label, theme.dim) + 1;
        let x = x.max(14.min(self.pen.width() / 3));
        self.pen.fit(x, self.y, self.pen.width().saturating_sub(x + 1), value, theme.text);
        self.y = self.y.saturating_add(1);
    }

    fn is_full(&self) -> bool {
        self.y >= self.pen.height()
    }
}

fn all(info: &DiscoInfo, out: &mut Lines) {
    let theme = out.pen.theme;
    if !info.identities.is_empty() {
        out.heading(&words::service::identity());
    }
    for i in &info.identities {
        let name = i.name.as_ref().map(|n| format!("  \"{}\"", n.raw())).unwrap_or_default();
        out.put(&format!("{}/{}{name}", i.category, i.kind), theme.text);
    }
    for form in &info.forms {
        details(form, out);
    }
    if info.features.is_empty() {
        return;
    }
    out.heading(&words::service::can_do());
    let mut unknown = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for ns in &info.features {
        if out.is_full() {
            return;
        }
        match words::feature::of_service(ns) {
            Some(words) if !said.contains(&words) => {
                out.put(&format!("{} {words}", theme.glyphs.done), theme.text);
                said.push(words);
            }
            Some(_) => {}
            None => unknown.push(ns),
        }
    }
    for ns in unknown {
        if out.is_full() {
            return;
        }
        out.put(&format!("{} {ns}", theme.glyphs.asks), theme.dim);
    }
}

/// A form of details (XEP-0128): label and values.
fn details(form: &Form, out: &mut Lines) {
    let fields = || form.fields.iter().filter(|f| f.var != "FORM_TYPE" && !f.values.is_empty());
    if fields().next().is_none() {
        return;
    }
    out.heading(&words::service::details());
    for field in fields() {
        if out.is_full() {
            return;
        }
        let label = field.label.as_ref().filter(|l| !l.is_empty()).map_or(field.var.as_str(), |l| l.raw());
        let label = label.rsplit('#').next().unwrap_or(label);
        out.pair(label, &field.values.join(", "));
    }
}
