//! The sandbox's phone: the one place where a one-time code is seen, since it is the phone.

use maud::{Markup, html};
use secrecy::ExposeSecret as _;

use crate::setup::TextMessage;

pub(super) fn panel(messages: &[TextMessage]) -> Markup {
    html! {
        section .phone aria-labelledby="phone" {
            h2 #phone { "Phone" }
            @if messages.is_empty() {
                p .empty { "No message yet. What a function would text or speak to a caller appears here." }
            }
            ol {
                @for message in messages {
                    li {
                        p .bubble { (message.body.expose_secret()) }
                        small { (message.channel) " to " (message.to) ", " time datetime=(message.at) { (message.at.strftime("%H:%M:%S UTC")) } }
                    }
                }
            }
        }
    }
}
