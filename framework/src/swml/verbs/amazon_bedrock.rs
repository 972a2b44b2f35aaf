//! The verb `amazon_bedrock`.

mod function;

use crate::swml::ai::{CLOCK_TIME, Defaults, PomSection, PostPrompt};
use crate::swml::object::{choice, object};
use crate::swml::{ClockTime, Data, Dyn, Json, List, Milliseconds};

pub use function::{BedrockDataMap, BedrockFunction};

object! {
    /// The verb `amazon_bedrock`: an agent whose model hears and speaks by itself.
    ///
    /// ```
    /// use swaig::swml::{AmazonBedrock, BedrockPrompt, BedrockVoice};
    ///
    /// let agent = AmazonBedrock::new(BedrockPrompt::text("You are a friendly host.").voice_id(BedrockVoice::Tiffany));
    /// # let _ = agent;
    /// ```
    AmazonBedrock
    required {
        /// What the model is told.
        prompt: BedrockPrompt,
    }
    optional {
        /// What the model is asked after the call; its answer goes to `post_prompt_url`.
        post_prompt: PostPrompt,
        /// The URL that receives the end-of-call report. Credentials may stand in it as
        /// `https://user:password@host/…`.
        post_prompt_url: String where url(),
        /// The parameters of the engine.
        params: BedrockParams,
        /// Data of the session. Prompts and functions can read it.
        global_data: Data,
        /// The functions that the model may call.
        swaig as "SWAIG": BedrockSwaig,
    }
}

object! {
    /// What the model of an [`AmazonBedrock`] is told.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{BedrockPrompt, Json};
    ///
    /// let bedrock_prompt = BedrockPrompt::text("You are a host.").temperature(0.3);
    /// assert_eq!(
    ///     Json::from(bedrock_prompt).to_value(),
    ///     json!({"text": "You are a host.", "temperature": 0.3})
    /// );
    /// ```
    BedrockPrompt
    one_of {
        text: String,
        pom: List<PomSection> where not_empty(),
    }
    optional {
        /// The voice. Default: Matthew.
        voice_id: BedrockVoice,
        /// The most tokens of one answer, from 0 to 4096. Default: 256.
        max_tokens: i64 where between(0.0, 4096.0),
        /// How much the wording varies, from 0.0 to 1.5. Default: 1.0.
        temperature: Dyn<f64> where between(0.0, 1.5),
        /// The share of likely words to choose from, from 0.0 to 1.0. Default: 1.0.
        top_p: Dyn<f64> where between(0.0, 1.0),
        /// How sure the recognition of speech must be, from 0.0 to 1.0. Default: 0.6.
        confidence: Dyn<f64> where between(0.0, 1.0),
        /// How much a topic that came up before is avoided, from -2.0 to 2.0. Default: 0.
        presence_penalty: Dyn<f64> where between(-2.0, 2.0),
        /// How much a word that came up often is avoided, from -2.0 to 2.0. Default: 0.
        frequency_penalty: Dyn<f64> where between(-2.0, 2.0),
    }
    rules { exactly_one ["text" "pom"] }
}

impl BedrockPrompt {
    /// Of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::empty().put("text", text.into())
    }

    /// Of sections, at least one.
    pub fn pom(sections: impl Into<List<PomSection>>) -> Self {
        Self::empty().put("pom", sections.into())
    }
}

impl<T: Into<String>> From<T> for BedrockPrompt {
    fn from(text: T) -> Self {
        Self::text(text)
    }
}

choice! {
    /// A voice of an [`AmazonBedrock`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{BedrockPrompt, BedrockVoice, Json};
    ///
    /// let bedrock_prompt = BedrockPrompt::text("You are a host.").voice_id(BedrockVoice::Amy);
    /// assert_eq!(
    ///     Json::from(bedrock_prompt).to_value(),
    ///     json!({"text": "You are a host.", "voice_id": "amy"})
    /// );
    /// ```
    BedrockVoice {
        /// Tiffany.
        Tiffany = "tiffany",
        /// Matthew.
        Matthew = "matthew",
        /// Amy.
        Amy = "amy",
        /// Lupe.
        Lupe = "lupe",
        /// Carlos.
        Carlos = "carlos",
    }
}

object! {
    /// The parameters of an [`AmazonBedrock`]. The object is open: the platform takes other keys too.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{BedrockParams, Json};
    ///
    /// let bedrock_params = BedrockParams::new().inactivity_timeout(Duration::from_secs(30));
    /// assert_eq!(Json::from(bedrock_params).to_value(), json!({"inactivity_timeout": 30000}));
    /// ```
    BedrockParams
    optional {
        /// How long the caller may be silent before the agent asks, in milliseconds from 10000 to 600000;
        /// zero turns it off. Default: 5000.
        attention_timeout: Dyn<Milliseconds> where zero_or_between(10000.0, 600_000.0),
        /// How long the agent stays at most, written as hours, minutes and seconds. Default: no limit.
        hard_stop_time: ClockTime where matching(&CLOCK_TIME),
        /// What the model is told when `hard_stop_time` is over. Default: a built-in text.
        hard_stop_prompt: String,
        /// How long nothing may happen before the agent leaves, in milliseconds from 10000 to 3600000.
        /// Default: 600000.
        inactivity_timeout: Dyn<Milliseconds> where between(10000.0, 3_600_000.0),
        /// The URL of a video that shows while nobody speaks.
        video_idle_file: String where url(),
        /// The URL of a video that shows while the caller speaks.
        video_listening_file: String where url(),
        /// The URL of a video that shows while the agent speaks.
        video_talking_file: String where url(),
    }
    rest: Json
}

object! {
    /// The functions that the model of an [`AmazonBedrock`] may call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{BedrockFunction, BedrockSwaig, Json};
    ///
    /// let bedrock_swaig = BedrockSwaig::new().function(BedrockFunction::new("hello", "Says hello"));
    /// assert_eq!(
    ///     Json::from(bedrock_swaig).to_value(),
    ///     json!({"functions": [{"function": "hello", "description": "Says hello"}]})
    /// );
    /// ```
    BedrockSwaig
    optional {
        /// What applies to each function that does not say otherwise.
        defaults: Defaults,
        /// The functions.
        functions each function: List<BedrockFunction>,
    }
}
