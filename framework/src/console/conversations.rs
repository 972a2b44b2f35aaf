//! `/console/conversations`: the stored end-of-call reports, searched and page by page.

use hyper::Response;
use maud::{Markup, html};

use super::page::{Page, Part, Shell, query};
use crate::server::App;
use crate::server::query::Query;
use crate::server::response::Body;
use crate::store::{Conversation, StoreError};

/// How many conversations one page has.
const SHOWN: usize = 20;
/// How many are read from the store at once.
const READ: usize = 50;
/// How many are looked at for one page; a search that finds less offers to go on.
const LOOKED_AT: usize = 500;

/// What is asked for.
struct Search<'a> {
    agent: &'a str,
    words: &'a str,
    before: Option<u64>,
}

/// A page of what was found.
struct Found {
    conversations: Vec<Conversation>,
    /// Where it goes on, where there is more to look at.
    next: Option<u64>,
    /// How many were looked at.
    looked_at: usize,
}

pub(super) async fn answer(shell: &Shell<'_>, asked: &Query) -> Result<Response<Body>, StoreError> {
    let search = Search {
        agent: asked.get("agent").unwrap_or_default(),
        words: asked.get("q").map(str::trim).unwrap_or_default(),
        before: asked.get("before").and_then(|id| id.parse().ok()),
    };
    let found = find(shell.app, &search).await?;
    let content = html! {
        form .filter method="get" action="/console/conversations" role="search" {
            div { label for="agent" { "Agent" }
                select #agent name="agent" {
                    option value="" { "all agents" }
                    @for agent in shell.app.registry.agents() {
                        option value=(agent.name) selected[*agent.name == *search.agent] { (agent.name) }
                    }
                }
            }
            div .grow { label for="q" { "Words of the summary, a call id, or the caller’s last digits" }
                input #q name="q" type="search" value=(search.words) maxlength="200" spellcheck="false";
            }
            button type="submit" { "Search" }
        }
        (found_words(&search, &found))
        @if found.conversations.is_empty() && search.words.is_empty() { (none()) }
        (entries(&found.conversations))
        nav .paging aria-label="Pages" {
            @if search.before.is_some() { a href={ "/console/conversations?" (search.at(None)) } { "Newest" } }
            @if let Some(next) = found.next {
                a rel="next" href={ "/console/conversations?" (search.at(Some(next))) } {
                    @if search.words.is_empty() { "Older" } @else { "Search older" }
                }
            }
        }
    };
    let page = Page { part: Some(Part::Conversations), title: "Conversations", ..Page::default() };
    Ok(shell.page(&page, &content))
}

impl Search<'_> {
    fn at(&self, before: Option<u64>) -> String {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        query(&[("agent", self.agent), ("q", self.words), ("before", &before)])
    }
}

/// Reads the store in pieces until there is a page, or enough was looked at.
async fn find(app: &App, search: &Search<'_>) -> Result<Found, StoreError> {
    let agent = Some(search.agent).filter(|agent| !agent.is_empty());
    let words = search.words.to_lowercase();
    let mut found = Found { conversations: Vec::new(), next: search.before, looked_at: 0 };
    loop {
        let read = app.store.list(agent, found.next, READ).await?;
        let is_end = read.len() < READ;
        for conversation in read {
            found.next = Some(conversation.id);
            found.looked_at += 1;
            if fits(&conversation, &words) {
                found.conversations.push(conversation);
                if found.conversations.len() == SHOWN {
                    // Whether there is an older one is not known before it is asked for.
                    let older = app.store.list(agent, found.next, 1).await?;
                    found.next = found.next.filter(|_| !older.is_empty());
                    return Ok(found);
                }
            }
        }
        if is_end {
            found.next = None;
            return Ok(found);
        }
        if found.looked_at >= LOOKED_AT {
            return Ok(found);
        }
    }
}

/// Whether a conversation has all the words. The numbers in it are masked, so only their last digits can be found.
fn fits(conversation: &Conversation, words: &str) -> bool {
    let report = &conversation.report;
    let places = [
        report.summary(),
        conversation.call_id.as_deref(),
        Some(&*conversation.agent_id),
        conversation.dead_letter.as_deref(),
        caller(conversation),
    ];
    let text = places.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
    words.split_whitespace().all(|word| text.contains(word))
}

/// The caller's number, masked as the store has it.
pub(super) fn caller(conversation: &Conversation) -> Option<&str> {
    let body = conversation.report.raw();
    ["caller_id_number", "caller_id_num"]
        .into_iter()
        .find_map(|key| body[key].as_str())
        .filter(|it| !it.is_empty())
}

fn found_words(search: &Search<'_>, found: &Found) -> Markup {
    html! {
        @if !search.words.is_empty() {
            p .hint role="status" {
                @match found.conversations.len() { 0 => "Nothing was found", 1 => "1 was found", number => { (number) " were found" } }
                " among " (found.looked_at) @if found.looked_at == 1 { " conversation." } @else { " conversations." }
            }
        }
    }
}

/// What is said where there is none.
pub(super) fn none() -> Markup {
    html! {
        p .empty { "No conversation has ended yet. One is stored when SignalWire reports its end; the agent needs a " code { "post_prompt" } " for that." }
    }
}

/// A list of conversations.
pub(super) fn entries(conversations: &[Conversation]) -> Markup {
    html! {
        @if !conversations.is_empty() {
            ul .conversations {
                @for conversation in conversations {
                    li .bad[conversation.dead_letter.is_some()] {
                        p {
                            a href={ "/console/conversations/" (conversation.id) } { (conversation.agent) " " (conversation.id) }
                            " " time datetime=(conversation.received_at) { (conversation.received_at.strftime("%F %H:%M:%S UTC")) }
                            @if let Some(caller) = caller(conversation) { " " span .hint { "from " (caller) } }
                        }
                        @if let Some(why) = &conversation.dead_letter {
                            p { strong { "Could not be read" } ": " (why) ". It was kept as it came." }
                        } @else {
                            p .summary { (conversation.report.summary().filter(|it| !it.trim().is_empty()).unwrap_or("No summary")) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::Report;
    use crate::setup::Setup;

    fn conversation(number: usize) -> Conversation {
        let report = Report::test()
            .with_field("post_prompt_data", json!({"raw": format!("Summary {} of an Order", if number == 7 { "seven" } else { "other" })}))
            .with_field("caller_id_number", "+1••••••0042")
            .with_field("call_id", format!("call {number}"));
        Conversation::new("lab".into(), "lab-2".into(), None, report)
    }

    #[test]
    fn all_words_have_to_be_there_somewhere() {
        let conversation = conversation(7);
        for words in ["", "order", "seven order", "call 7", "lab-2", "0042", "0042 seven"] {
            assert!(fits(&conversation, words), "{words}");
        }
        for words in ["eight", "seven eight", "5550042"] {
            assert!(!fits(&conversation, words), "{words}");
        }
    }

    #[tokio::test]
    async fn pages_go_on_where_the_last_one_ended_and_a_search_ends_somewhere() {
        let app =
            App::build(Setup::test([("X", "y")]), &url::Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
        for number in 1..=45 {
            app.store.put(&conversation(number)).await.unwrap();
        }
        let at = |words: &'static str, before| Search { agent: "", words, before };
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let found = find(&app, &at("", before)).await.unwrap();
            seen.extend(found.conversations.iter().map(|it| it.id));
            before = found.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, (1..=45).rev().collect::<Vec<_>>());
        let found = find(&app, &at("seven", None)).await.unwrap();
        assert_eq!((found.conversations.len(), found.next, found.looked_at), (1, None, 45));
        for number in 46..=700 {
            app.store.put(&conversation(number)).await.unwrap();
        }
        let found = find(&app, &at("seven", None)).await.unwrap();
        assert_eq!((found.conversations.len(), found.looked_at, found.next), (0, LOOKED_AT, Some(201)));
        let found = find(&app, &at("seven", found.next)).await.unwrap();
        assert_eq!((found.conversations.len(), found.next), (1, None));
    }
}
