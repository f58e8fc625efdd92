//! Where an overlay stands, and the keys in its lower edge.

use crate::ui::pen::Pen;

/// The keys in a frame's lower edge.
pub(in crate::ui) type Keys<'k> = &'k [(String, String)];

/// Slivers of what is below, at the edges, only disturb.
fn or_all(want: u16, all: u16, sliver: u16) -> u16 {
    if want + sliver >= all { all } else { want }
}

/// How wide [`middle`] makes what wants to be this wide.
pub(super) fn middle_width(pen: &Pen, width: u16) -> u16 {
    or_all(width, pen.width(), 8)
}

/// A rectangle of about this size in the middle of the screen.
pub(super) fn middle<'p>(pen: &'p mut Pen, width: u16, height: u16) -> Pen<'p> {
    let (w, h) = (middle_width(pen, width), or_all(height, pen.height(), 3));
    let (x, y) = ((pen.width() - w) / 2, (pen.height() - h) / 3);
    pen.part(x, y, w, h)
}
