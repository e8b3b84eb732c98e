//! What several scrubbers found, as one list without overlaps, in which nothing that one of them found
//! is left out.

use super::answer::Answered;
use super::chat::{ChatFind, Finder, Place, walk};
use super::{Class, CodePoints, Kind, Span};
use sheaf_protocol::chat::Chat;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::vec::IntoIter;

/// A find in one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) span: Span,
    pub(super) continues: bool,
    pub(super) by: Finder,
}

/// Finds of one chat by two scrubbers as one list in its order.
///
/// Those of one kind that overlap become one. Of others that overlap, the part that both have goes to
/// a secret before what tells of a person, then to the surer, the longer, and ours; the rest of the
/// other stays, if there is a letter or a digit in it.
pub fn merge(chat: &Chat, ours: Vec<ChatFind>, mut others: Answered) -> Vec<ChatFind> {
    if others.texts.is_empty() {
        return ours;
    }
    let mut ours = ours.into_iter().peekable();
    let mut merged = Vec::new();
    walk(chat, &mut |place, text| {
        let mut pieces: Vec<Piece> = taken(&mut ours, place).collect();
        let is_here = |(at, _): &mut (Place, _)| *at == place;
        pieces.extend(others.texts.pop_front_if(is_here).into_iter().flat_map(|(_, here)| here));
        if !pieces.is_empty() {
            merged.extend(settle(&place, text, pieces));
        }
    });
    mend_continuations(&mut merged);
    merged
}

/// The finds of one place, off the front of a list.
fn taken(list: &mut Peekable<IntoIter<ChatFind>>, place: Place) -> impl Iterator<Item = Piece> {
    std::iter::from_fn(move || list.next_if(|find| find.place == place))
        .map(|ChatFind { span, continues, by, .. }| Piece { span, continues, by })
}

/// A piece goes on with the find before only if that is still of its kind.
fn mend_continuations(finds: &mut [ChatFind]) {
    for at in 0..finds.len() {
        let before = at.checked_sub(1).map(|before| (finds[before].place, finds[before].span.kind));
        let find = &mut finds[at];
        let goes_on = before.is_some_and(|(place, kind)| {
            find.place.follows(&place) && kind == find.span.kind && find.span.start == 0
        });
        find.continues &= goes_on;
    }
}

/// Finds of one text, in any order and overlapping, as [`merge`] says.
fn settle(place: &Place, text: &str, pieces: Vec<Piece>) -> Vec<ChatFind> {
    let mut pieces = joined(pieces);
    pieces.sort_unstable_by_key(rank);
    let mut code_points = CodePoints::new(text);
    let shares = shares(&pieces).into_iter();
    let kept = shares.filter(|(index, share)| {
        *share == pieces[*index].span || text[share.range()].contains(char::is_alphanumeric)
    });
    kept.map(|(index, span)| ChatFind {
        place: *place,
        span,
        code_points: code_points.range(span.range()),
        continues: pieces[index].continues && span.start == 0,
        by: pieces[index].by,
    })
    .collect()
}

/// Secrets first, then the surest, the longest, ours, the earliest.
fn rank(piece: &Piece) -> impl Ord + use<> {
    let Piece { span, by, .. } = piece;
    let is_secret = span.kind.class() == Class::Secret;
    let length = span.end - span.start;
    (Reverse(is_secret), Reverse(span.confidence), Reverse(length), *by, span.start, span.kind)
}

/// Pieces of which those of one kind that overlap are one, as sure as the surest.
fn joined(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_unstable_by_key(|piece| (piece.span.kind.family(), piece.span.start, piece.by));
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut().filter(|last| is_same(last, &piece)) {
            Some(last) => last.take_in(&piece),
            None => joined.push(piece),
        }
    }
    joined
}

/// Whether `next`, which does not begin before `last`, is of its kind and overlaps it.
fn is_same(last: &Piece, next: &Piece) -> bool {
    last.span.kind.family() == next.span.kind.family() && next.span.start < last.span.end
}

impl Piece {
    /// Grows over a piece that does not begin before it. The kind that names a country stays.
    fn take_in(&mut self, next: &Self) {
        let is_vague = |kind: Kind| kind == kind.family();
        if is_vague(self.span.kind) && !is_vague(next.span.kind) {
            self.span.kind = next.span.kind;
        }
        self.span.end = self.span.end.max(next.span.end);
        self.span.confidence = self.span.confidence.max(next.span.confidence);
        self.by = self.by.min(next.by);
    }
}

/// The text from end to end, each stretch for the first piece that has it: pieces by their index, in
/// the order of the text.
fn shares(pieces: &[Piece]) -> Vec<(usize, Span)> {
    let mut ends: Vec<usize> = pieces.iter().flat_map(|p| [p.span.start, p.span.end]).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut waiting: Vec<usize> = (0..pieces.len()).collect();
    waiting.sort_unstable_by_key(|index| Reverse(pieces[*index].span.start));
    let mut open: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
    let mut shares: Vec<(usize, Span)> = Vec::with_capacity(pieces.len());
    for stretch in ends.windows(2) {
        let (start, end) = (stretch[0], stretch[1]);
        while let Some(index) = waiting.pop_if(|index| pieces[*index].span.start <= start) {
            open.push(Reverse(index));
        }
        while open.peek().is_some_and(|Reverse(index)| pieces[*index].span.end <= start) {
            open.pop();
        }
        let Some(Reverse(index)) = open.peek().copied() else { continue };
        match shares.last_mut().filter(|(last, span)| *last == index && span.end == start) {
            Some((_, span)) => span.end = end,
            None => shares.push((index, Span { start, end, ..pieces[index].span })),
        }
    }
    shares
}
