//! Any size, any text, anything on top: nothing panics.

use super::desk::{desk, textbox};
use super::draw;
use super::snapshots::{disco_view, form_view};
use crate::figures::{figure, scale, seed};
use parlour::state::overlays::{FirstRun, Overlay};
use proptest::prelude::*;

fn overlay(which: u8) -> Option<Overlay> {
    match which {
        0 => Some(Overlay::Disco(Box::new(disco_view()))),
        1 => Some(Overlay::Form(Box::new(form_view()))),
        2 => Some(Overlay::FirstRun(Box::new(FirstRun::new("parlour")))),
        3 => Some(Overlay::Console),
        _ => None,
    }
}

#[test]
fn odd_sizes() {
    for size in [(0, 0), (1, 1), (2, 1), (1, 500), (500, 1), (39, 9), (40, 10), (500, 200)] {
        for which in 0..5 {
            let mut state = desk();
            state.overlays.extend(overlay(which));
            draw(&state, size.0, size.1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_size_and_any_text(
        width in 0_u16..160, height in 0_u16..60, which in 0_u8..8, text in "\\PC{0,200}|[\\x00-\\xff]{0,60}",
        toggles in any::<(bool, bool)>(), error in any::<(u8, u8)>(), cursor in any::<u8>(),
    ) {
        let mut state = desk();
        state.overlays.extend(overlay(which));
        (state.sidebar.is_toggled, state.rooms.is_people_toggled) = toggles;
        for message in &mut state.timelines.list[0].messages {
            message.body = text.as_str().into();
        }
        state.composer.text = textbox(&text);
        state.composer.text.cursor = usize::from(cursor);
        state.composer.error = Some(("wrong".into(), usize::from(error.0)..usize::from(error.1)));
        draw(&state, width, height);
    }
}

#[test]
fn r25_ten_thousand_random_sizes() {
    let sizes = scale(150_u64, 10_000);
    let mut dice = seed();
    println!("PARLOUR_SEED={dice}");
    let mut roll = |below: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    for n in 0..sizes {
        // Mostly what people have, now and then what nobody has.
        let (wide, high) = if n % 10 == 0 { (500, 200) } else { (140, 50) };
        let (width, height) = (roll(wide + 1) as u16, roll(high + 1) as u16);
        let mut state = desk();
        state.overlays.extend(overlay(roll(8) as u8));
        (state.sidebar.is_toggled, state.rooms.is_people_toggled) = (roll(2) == 0, roll(2) == 0);
        state.store_trouble = (roll(4) == 0).then(|| "the disk is full".into());
        state.composer.text = textbox(&"word 罗密欧 ".repeat(roll(40) as usize));
        draw(&state, width, height);
    }
    figure("R-25", "sizes", &format!("{sizes} random sizes from 0×0 to 500×200: 0 panics"));
}
