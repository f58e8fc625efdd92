//! Consistent colours (XEP-0392): the same name has the same hue in every client.

use sha1::{Digest, Sha1};

/// The hue of a name in degrees (XEP-0392 §5.1).
#[must_use]
pub fn hue(name: &str) -> f64 {
    let digest = Sha1::digest(name.as_bytes());
    f64::from(u16::from_le_bytes([digest[0], digest[1]])) / 65536.0 * 360.0
}

/// The colour of a name (XEP-0392 §5.4): saturation and lightness in percent; the XEP's own are 100 and 50,
/// dark backgrounds want it lighter.
#[must_use]
pub fn rgb(name: &str, saturation: f64, lightness: f64) -> (u8, u8, u8) {
    let (r, g, b) = hsluv::hsluv_to_rgb(hue(name), saturation, lightness);
    let byte = |x: f64| (x.clamp(0.0, 1.0) * 255.0).round() as u8;
    (byte(r), byte(g), byte(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// XEP-0392 §11.
    #[test]
    fn the_vectors_of_the_xep() {
        let vectors = [
            ("Romeo", 327.255_249, (0.865, 0.000, 0.686)),
            ("juliet@capulet.lit", 209.410_400, (0.000, 0.515, 0.573)),
            ("😺", 331.199_341, (0.872, 0.000, 0.659)),
            ("council", 359.994_507, (0.918, 0.000, 0.394)),
        ];
        for (name, angle, (r, g, b)) in vectors {
            assert!((hue(name) - angle).abs() < 1e-5, "{name}: {}", hue(name));
            let (x, y, z) = rgb(name, 100.0, 50.0);
            for (got, want) in [(x, r), (y, g), (z, b)] {
                assert!((f64::from(got) - want * 255.0).abs() <= 1.0, "{name}: {got} {want}");
            }
        }
    }
}
