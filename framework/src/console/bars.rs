//! Bars that show how long something took. They are drawn with attributes alone: a style within a page is forbidden here.

use maud::{Markup, html};

/// One row: what, when it began and how long it took (milliseconds), and the words for it.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) from: f64,
    pub(super) took: f64,
    /// A part of it from its beginning that is drawn darker.
    pub(super) part: Option<f64>,
    pub(super) words: String,
    pub(super) tone: &'static str,
}

/// The rows, all to the scale of the whole.
pub(super) fn chart(bars: &[Bar]) -> Markup {
    let end = bars.iter().map(|bar| bar.from + bar.took).fold(1.0, f64::max);
    let share = |milliseconds: f64| format!("{:.2}%", (milliseconds / end * 100.0).clamp(0.0, 100.0));
    // What took next to nothing is seen all the same, also at the end.
    let width = |bar: &Bar| bar.took.max(end / 200.0);
    let begin = |bar: &Bar| bar.from.min(end - width(bar));
    html! {
        ol .bars {
            @for bar in bars {
                li {
                    span .label { (bar.label) }
                    svg .(bar.tone) width="100%" height="14" aria-hidden="true" {
                        rect .track width="100%" height="14" rx="3" {}
                        rect .ink x=(share(begin(bar))) width=(share(width(bar))) height="14" rx="3" {}
                        @if let Some(part) = bar.part {
                            rect .part x=(share(begin(bar))) width=(share(part)) height="14" rx="3" {}
                        }
                    }
                    span .words { (bar.words) }
                }
            }
        }
    }
}

/// Milliseconds for a person.
pub(super) fn duration(milliseconds: f64) -> String {
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else if milliseconds < 60_000.0 {
        format!("{:.1} s", milliseconds / 1000.0)
    } else {
        format!(
            "{:.0} min {:02.0} s",
            (milliseconds / 60_000.0).floor(),
            (milliseconds % 60_000.0 / 1000.0).floor()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let shown = [0.0, 12.4, 999.0, 1000.0, 59_940.0, 60_000.0, 125_900.0].map(duration);
        assert_eq!(shown, ["0 ms", "12 ms", "999 ms", "1.0 s", "59.9 s", "1 min 00 s", "2 min 05 s"]);
    }

    #[test]
    fn bars_are_to_one_scale_and_have_no_style_of_their_own() {
        let bar = |from, took, part| Bar {
            label: "a <b>".to_owned(),
            from,
            took,
            part,
            words: duration(took),
            tone: "good",
        };
        let text =
            chart(&[bar(0.0, 50.0, Some(25.0)), bar(150.0, 50.0, None), bar(200.0, 0.0, None)]).into_string();
        for expected in [
            "x=\"0.00%\" width=\"25.00%\"",
            "width=\"12.50%\"",
            "x=\"75.00%\"",
            "x=\"99.50%\" width=\"0.50%\"",
            "a &lt;b&gt;",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains("style"), "{text}");
    }
}
