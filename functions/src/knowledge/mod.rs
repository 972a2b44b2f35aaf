//! Answers out of a folder of Markdown: `knowledge_search`.
//!
//! [`KnowledgeSearch`] is the function; [`Knowledge`] is the folder, cut at its headings and searched as full text (SQLite
//! FTS5, ranked by BM25).

mod index;
mod passages;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use swaig::{Call, Effect, Function, FunctionError, Reply, Setup, SetupError, async_trait};

pub use index::{Knowledge, KnowledgeError};
pub use passages::Passage;

/// How many passages the model gets.
const PASSAGES: usize = 3;
/// How many characters of all passages together.
const LENGTH: usize = 2400;

/// Looks a question up in the folder, and gives the model the passages that fit best.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::knowledge::{KnowledgeSearch, KnowledgeSearchArgs};
///
/// // Without a folder in the settings it knows an example.
/// let search = KnowledgeSearch::build(&Setup::test([("KNOWLEDGE_FOLDER", "")]))?;
/// let args = KnowledgeSearchArgs { query: "nothing of the sort".to_owned() };
/// println!("{}", search.call(args, &Call::test()).await.unwrap().spoken());
/// # Ok(()) }
/// ```
pub struct KnowledgeSearch {
    knowledge: Arc<Knowledge>,
}

/// The arguments of [`KnowledgeSearch`].
///
/// ```
/// use swaig_functions::knowledge::KnowledgeSearchArgs;
///
/// let args: KnowledgeSearchArgs = serde_json::from_str(r#"{"query": "What does honey cost?"}"#)?;
/// assert_eq!(args.query, "What does honey cost?");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct KnowledgeSearchArgs {
    /// What is asked, in a few words that are likely to stand in the answer, such as "opening hours sunday".
    pub query: String,
}

#[async_trait]
impl Function for KnowledgeSearch {
    const NAME: &'static str = "knowledge_search";
    const DESCRIPTION: &'static str = "Look up what is known, before you answer a question";
    const EFFECT: Effect = Effect::None;
    const SETTINGS: &'static [(&'static str, &'static str)] = Knowledge::SETTINGS;
    type Args = KnowledgeSearchArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { knowledge: Knowledge::shared(setup)? })
    }

    async fn call(&self, args: KnowledgeSearchArgs, _: &Call) -> Result<Reply, FunctionError> {
        let found = self.knowledge.search(&args.query, PASSAGES).await.map_err(|error| {
            FunctionError::new("What is known cannot be looked up now. Apologise, and do not guess.")
                .caused_by(error)
        })?;
        if found.is_empty() {
            return Ok(Reply::text(
                "Nothing is known about that. Say so; do not guess. Other words may find more, once.",
            ));
        }
        let mut text = String::from("This is known. Answer out of it, briefly, and add nothing to it.");
        let mut left = LENGTH;
        for passage in found {
            let body: String = passage.body.chars().take(left).collect();
            left = left.saturating_sub(body.chars().count());
            text.push_str("\n\n## ");
            text.push_str(&passage.title);
            text.push('\n');
            text.push_str(&body);
            if left == 0 {
                break;
            }
        }
        Ok(Reply::text(text))
    }
}
swaig::register_function!(KnowledgeSearch);
