//! `serve --watch`: prompts that are kept in files are read again when those change.

use std::sync::Arc;
use std::time::Duration;

use crate::server::App;

/// How often the files are looked at.
const EACH: Duration = Duration::from_millis(300);

/// Looks at the files for as long as the server runs.
pub(super) async fn run(app: Arc<App>) {
    let files = app.registry.watched_files();
    if files.is_empty() {
        tracing::warn!(
            "there is nothing to watch: no agent keeps a prompt in a file (see swaig::prompt_file!)"
        );
        return;
    }
    let files: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
    tracing::info!(files = files.join(", "), "watching prompts");
    loop {
        tokio::time::sleep(EACH).await;
        let app = app.clone();
        // Files are read, and code of the agents runs: a panic of it is logged by the hook, and the next change counts.
        let reread = tokio::task::spawn_blocking(move || app.registry.reread()).await;
        for (agent, result) in reread.into_iter().flatten() {
            match result {
                Ok(()) => tracing::info!(%agent, "the prompt was read again; the next call gets it"),
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, %agent, "the prompt is as before: what was read again cannot be taken");
                }
            }
        }
    }
}
