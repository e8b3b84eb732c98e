//! How a story talks with a command on a terminal.

/// What begins the screen of its own that the chooser has, and what ends it.
pub(crate) const ENTERED: &str = "\x1b[?1049h";
pub(crate) const LEFT: &str = "\x1b[?1049l";

/// Answers each question once it is asked, in this order.
pub(crate) fn answering<'a>(
    script: &'a [(&'a str, &'a str)],
) -> impl FnMut(&str) -> Option<String> + 'a {
    let (mut next, mut from) = (0, 0);
    move |seen| {
        let (question, answer) = script.get(next)?;
        from += seen.get(from..)?.find(question)? + question.len();
        next += 1;
        Some((*answer).to_owned())
    }
}

/// What is on the screen, without its colours and on one line.
pub(crate) fn plain(seen: &str) -> String {
    let (first, coloured) = seen.split_once('\u{1b}').unwrap_or((seen, ""));
    let uncoloured = coloured.split('\u{1b}').map(|part| {
        part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, text)| text)
    });
    let text: String = std::iter::once(first).chain(uncoloured).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a person sees: the last frame that was drawn whole, or what follows the chooser.
pub(crate) fn screen(sent: &str) -> String {
    let last = sent.rsplit_once(LEFT).map_or(sent, |(_, after)| after);
    let sent = match last.contains(ENTERED) {
        false => last,
        true => {
            let whole = last.rsplit_once("\x1b[?2026l").map_or(last, |(whole, _)| whole);
            whole.rsplit_once("\x1b[?2026h").map_or(whole, |(_, frame)| frame)
        }
    };
    let mut pieces = sent.split("\x1b[");
    let mut seen = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c.is_ascii_alphabetic()).map_or(piece.len(), |at| at + 1);
        let (sequence, text) = piece.split_at(end);
        seen.push_str(if sequence.ends_with('H') { "\n" } else { "" });
        seen.push_str(text);
    }
    seen
}

/// Types each step's keys once a line of the screen has all that the step waits for.
pub(crate) fn typing(
    steps: &[(&'static [&'static str], &'static str)],
) -> impl FnMut(&str) -> Option<String> {
    let mut left = steps.iter().copied().peekable();
    move |sent| {
        let seen = screen(sent);
        let is_seen = |wanted: &[&str]| {
            seen.lines().any(|line| wanted.iter().all(|wanted| line.contains(wanted)))
        };
        left.next_if(|(wanted, _)| is_seen(wanted)).map(|(_, keys)| keys.to_owned())
    }
}
