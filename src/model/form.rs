//! Data forms (XEP-0004).

use super::Untrusted;

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// To be filled in.
    Form,
    /// Filled in.
    Submit,
    /// Given up.
    Cancel,
    /// An answer to read.
    Result,
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// A check box.
    Boolean,
    /// A heading or a text to read.
    Fixed,
    /// Kept and sent back, never shown.
    Hidden,
    /// One line.
    TextSingle,
    /// One line that is not shown.
    TextPrivate,
    /// Several lines.
    TextMulti,
    /// One of `options`.
    ListSingle,
    /// Any of `options`.
    ListMulti,
    /// An address.
    JidSingle,
    /// Addresses, one a line.
    JidMulti,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name in the protocol; empty for some fixed fields.
    pub var: String,
    /// The kind; unknown ones are read as `TextSingle`, as XEP-0004 §3.3 asks.
    pub kind: FieldKind,
    /// The label.
    pub label: Option<Untrusted>,
    /// Help for the field.
    pub desc: Option<Untrusted>,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// The values; one, save for the multi kinds.
    pub values: Vec<String>,
    /// For the list kinds: (value, label).
    pub options: Vec<(String, Option<Untrusted>)>,
}

/// A data form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What it is for.
    pub kind: FormKind,
    /// The title.
    pub title: Option<Untrusted>,
    /// What to do with it.
    pub instructions: Vec<Untrusted>,
    /// The fields in the server's order.
    pub fields: Vec<Field>,
    /// Column fields of a tabular result.
    pub reported: Vec<Field>,
    /// Rows of a tabular result: (var, values).
    pub items: Vec<Vec<(String, Vec<String>)>>,
}
