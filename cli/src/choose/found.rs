//! The chats that a query takes, newest first. A large export is gone through in turns, between
//! which keys are heard; a query that says more than the one before looks only at what that found.

use super::query::{Query, QueryError};
use super::{Candidate, Mark};

/// Bytes of text that are gone through in one turn.
const TURN_BYTES: usize = 4 << 20;
/// Chats that are gone through in one turn.
const TURN_CHATS: usize = 5_000;

/// What a query found so far.
#[derive(Debug)]
pub(super) struct Found {
    /// All chats, newest first, then those without a date.
    order: Vec<usize>,
    text: String,
    query: Query,
    error: Option<QueryError>,
    /// Where it is looked, and how far that went.
    among: Vec<usize>,
    next: usize,
    chats: Vec<usize>,
}

impl Found {
    /// All of them.
    pub(super) fn all(candidates: &[Candidate]) -> Self {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(candidates[at].chat.chat.created));
        Self {
            chats: order.clone(),
            among: Vec::new(),
            next: 0,
            order,
            text: String::new(),
            query: Query::default(),
            error: None,
        }
    }

    /// What was found, as indices of chats.
    pub(super) fn chats(&self) -> &[usize] {
        &self.chats
    }

    /// What was asked.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The same, as it was understood.
    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    /// What is wrong with it; what was found is right for the rest.
    pub(super) fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// Whether everything was looked at.
    pub(super) fn is_complete(&self) -> bool {
        self.next == self.among.len()
    }

    /// How much was looked at, in hundredths.
    pub(super) fn percent(&self) -> usize {
        (self.next * 100).checked_div(self.among.len()).unwrap_or(100)
    }

    /// Asks something else.
    pub(super) fn ask(&mut self, text: &str) {
        self.text = text.to_owned();
        let (query, error) = Query::as_far_as_good(text);
        self.error = error;
        self.look_for(query);
    }

    /// Asks the same again: what is known of the chats is something else.
    pub(super) fn look_again(&mut self) {
        if !self.query.is_empty() {
            (self.among, self.next) = (self.order.clone(), 0);
            self.chats.clear();
        }
    }

    fn look_for(&mut self, query: Query) {
        if query == self.query {
            return;
        }
        let unseen = self.among.split_off(self.next);
        (self.among, self.next) = (Vec::new(), 0);
        if query.is_empty() {
            self.chats.clone_from(&self.order);
        } else {
            let found = std::mem::take(&mut self.chats);
            self.among = match query.narrows(&self.query) {
                true => found.into_iter().chain(unseen).collect(),
                false => self.order.clone(),
            };
        }
        self.query = query;
    }

    /// Looks at some more chats.
    pub(super) fn go_on(&mut self, candidates: &[Candidate], marks: &[Mark]) {
        let mut bytes = 0;
        for _ in 0..TURN_CHATS.min(self.among.len() - self.next) {
            let at = self.among[self.next];
            let candidate = &candidates[at];
            if self.query.takes(&candidate.with(&marks[at])) {
                self.chats.push(at);
            }
            self.next += 1;
            bytes += candidate.chat.chat.text_len();
            if bytes > TURN_BYTES {
                break;
            }
        }
    }
}
