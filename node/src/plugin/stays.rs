//! A program that stays: it is written a line for each chat, and answers each with a line, in order.

use super::error::PluginCause;
use super::process::{Failed, Line, Process};
use crate::limits::{
    PLUGIN_ANSWER_BYTES_MAX, PLUGIN_LAST_WORDS, PLUGIN_STARTS_MAX, PLUGIN_STARTS_WINDOW,
};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

/// The program, while it runs, and when it was started.
#[derive(Debug, Default)]
pub(super) struct Stay {
    running: Option<Process>,
    starts: VecDeque<Instant>,
}

impl Stay {
    /// Asks about the next chat, and starts the program if it does not run. After a failure it does
    /// not: nobody knows what it would answer.
    pub(super) async fn ask(
        &mut self,
        line: &Line,
        question: String,
        time: Duration,
    ) -> Result<Vec<u8>, Failed> {
        // Taken out: if this is dropped on the way, the program ends with it.
        let mut process = match self.running.take() {
            Some(process) => process,
            None => self.start(line)?,
        };
        let answer = timeout(time, talk(&mut process, question)).await;
        match answer.unwrap_or(Err(PluginCause::Late(time.as_secs()))) {
            Ok(answer) => {
                self.running = Some(process);
                Ok(answer)
            }
            Err(cause) => Err(process.fail(cause).await),
        }
    }

    fn start(&mut self, line: &Line) -> Result<Process, Failed> {
        let now = Instant::now();
        while self.starts.front().is_some_and(|start| now - *start >= PLUGIN_STARTS_WINDOW) {
            self.starts.pop_front();
        }
        if self.starts.len() >= PLUGIN_STARTS_MAX {
            return Err((PluginCause::Restless, String::new()));
        }
        self.starts.push_back(now);
        Process::start(line)
    }
}

async fn talk(process: &mut Process, mut question: String) -> Result<Vec<u8>, PluginCause> {
    question.push('\n');
    let Process { stdin, stdout, .. } = process;
    let write = async {
        if let Some(stdin) = stdin {
            // Whether it reads no more shows in its answer.
            let _ = stdin.write_all(question.as_bytes()).await;
        }
    };
    let mut answer = Vec::new();
    let mut line = (&mut *stdout).take(PLUGIN_ANSWER_BYTES_MAX as u64 + 1);
    let read = line.read_until(b'\n', &mut answer);
    let ((), read) = tokio::join!(write, read);
    read.map_err(PluginCause::System)?;
    match answer.pop() {
        Some(b'\n') if stdout.buffer().is_empty() => Ok(answer),
        Some(b'\n') => Err(PluginCause::OutOfStep),
        Some(_) if answer.len() >= PLUGIN_ANSWER_BYTES_MAX => Err(PluginCause::Endless),
        _ => Err(without_answer(process).await),
    }
}

/// It closed its output: it has ended, or is taken for hanging.
async fn without_answer(process: &mut Process) -> PluginCause {
    match timeout(PLUGIN_LAST_WORDS, process.ended()).await {
        Ok(Ok(status)) => PluginCause::Ended(status),
        Ok(Err(cause)) => cause,
        Err(_) => PluginCause::System(std::io::ErrorKind::UnexpectedEof.into()),
    }
}
