//! How well two colours can be told apart, as WCAG 2 counts it: from 1 (not at all) to 21 (black on white).

/// Red, green, blue.
type Rgb = (u8, u8, u8);

/// The light of a colour, from 0 to 1.
fn luminance((r, g, b): Rgb) -> f64 {
    let linear = |x: u8| {
        let x = f64::from(x) / 255.0;
        if x <= 0.040_45 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// The contrast of two colours.
#[must_use]
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A colour on the way from `a` (0 percent) to `b` (100 percent).
#[must_use]
pub fn mix(a: Rgb, b: Rgb, percent: u8) -> Rgb {
    let part = |a: u8, b: u8| {
        let (a, b, percent) = (u32::from(a), u32::from(b), u32::from(percent.min(100)));
        u8::try_from((a * (100 - percent) + b * percent + 50) / 100).unwrap_or(u8::MAX)
    };
    (part(a.0, b.0), part(a.1, b.1), part(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_standard() {
        let near = |a, b, want: f64| assert!((contrast(a, b) - want).abs() < 0.01, "{}", contrast(a, b));
        near((0, 0, 0), (255, 255, 255), 21.0);
        near((119, 119, 119), (255, 255, 255), 4.48);
        near((0, 0x2b, 0x36), (0, 0x2b, 0x36), 1.0);
        near((0x83, 0x94, 0x96), (0, 0x2b, 0x36), 4.75);
        assert_eq!((mix((0, 0, 0), (255, 100, 7), 0), mix((0, 0, 0), (255, 100, 7), 100)), ((0, 0, 0), (255, 100, 7)));
    }
}
