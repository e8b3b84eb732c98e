//! A program that is started for each chat: it reads the chat to the end of input, answers, and ends.

use super::error::PluginCause;
use super::process::{Failed, Line, Process};
use crate::limits::PLUGIN_ANSWER_BYTES_MAX;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// Asks once.
pub(super) async fn ask(line: &Line, question: String, time: Duration) -> Result<Vec<u8>, Failed> {
    let mut process = Process::start(line)?;
    let answer = timeout(time, talk(&mut process, question)).await;
    match answer.unwrap_or(Err(PluginCause::Late(time.as_secs()))) {
        Ok(answer) => Ok(answer),
        Err(cause) => Err(process.fail(cause).await),
    }
}

async fn talk(process: &mut Process, mut question: String) -> Result<Vec<u8>, PluginCause> {
    question.push('\n');
    let stdin = process.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // A program need not read to the end; what counts is its answer.
            let _ = stdin.write_all(question.as_bytes()).await;
            let _ = stdin.shutdown().await;
        }
    };
    let mut answer = Vec::new();
    let mut stdout = (&mut process.stdout).take(PLUGIN_ANSWER_BYTES_MAX as u64 + 1);
    let read = stdout.read_to_end(&mut answer);
    let ((), read) = tokio::join!(write, read);
    read.map_err(PluginCause::System)?;
    if answer.len() > PLUGIN_ANSWER_BYTES_MAX {
        return Err(PluginCause::Endless);
    }
    match process.ended().await? {
        status if status.success() => Ok(answer),
        status => Err(PluginCause::Ended(status)),
    }
}
