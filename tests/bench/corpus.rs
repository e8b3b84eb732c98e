//! Chats to work with: from any file that can be imported, or made from a seed.

use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::time::Time;
use std::fs::File;
use std::path::Path;

/// Chats by number: the same number gives the same chat.
pub(crate) enum Corpus {
    Synthetic(Words),
    Imported(Vec<Chat>),
}

impl Corpus {
    /// The chats of a file, or synthetic ones.
    pub(crate) fn new(file: Option<&Path>) -> Self {
        let Some(path) = file else { return Self::Synthetic(Words::new(1)) };
        let mut chats = Vec::new();
        let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let read = sheaf_node::import::read_chats(file, &mut |imported| chats.push(imported.chat));
        let report = read.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(report.chats > 0, "{} holds no chat that can be used", path.display());
        Self::Imported(chats)
    }

    /// What it is, for the report.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Synthetic(_) => "synthetic chats".into(),
            Self::Imported(chats) => format!("{} imported chats, again and again", chats.len()),
        }
    }

    /// One chat. No two are the same, so that none is a duplicate.
    pub(crate) fn chat(&self, number: u64) -> Chat {
        match self {
            Self::Synthetic(words) => words.chat(number),
            Self::Imported(chats) => {
                let mut chat = chats[number as usize % chats.len()].clone();
                chat.title = Some(format!("{number}"));
                chat
            }
        }
    }
}

/// A language of our own: words made of syllables, the frequent ones short, drawn as in natural
/// text (Zipf). Chats of 4 to 7 KB of it compress about as well as real ones do.
pub(crate) struct Words {
    seed: u64,
    words: Vec<String>,
    /// Sums of the words' weights.
    sums: Vec<f64>,
}

const WORDS: usize = 6000;
/// Words of a rank far down are drawn a little less than Zipf's law says, as in real text.
const SLOPE: f64 = 1.02;

impl Words {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut words = Vec::with_capacity(WORDS);
        while words.len() < WORDS {
            let syllables = 1
                + usize::from(words.len() > 60)
                + random.below(3) as usize / 2
                + usize::from(words.len() > 900) * random.below(2) as usize;
            words.push((0..syllables).map(|_| syllable(&mut random)).collect::<String>());
        }
        let mut sum = 0.0;
        let sums = (1..=WORDS)
            .map(|rank| {
                sum += 1.0 / (rank as f64 + 2.0).powf(SLOPE);
                sum
            })
            .collect();
        Self { seed, words, sums }
    }

    fn chat(&self, number: u64) -> Chat {
        let mut random = Random(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let bytes = 4_000 + random.below(3_000) as usize;
        let turns = 1 + random.below(4) as usize;
        let mut messages = Vec::new();
        for turn in 0..turns {
            let question = bytes / turns / 6;
            let parent = (turn * 2).checked_sub(1).map(|p| p as u32);
            let asked = self.text(&mut random, question);
            messages.push(Message::new(Role::User, parent, vec![Part::text(asked)]));
            let answer = self.text(&mut random, bytes / turns - question);
            let parent = Some(turn as u32 * 2);
            messages.push(Message::new(Role::Assistant, parent, vec![Part::text(answer)]));
        }
        Chat {
            title: Some(self.sentence(&mut random, 4)),
            source: Some("bench".into()),
            model: Some("a model".into()),
            created: Time::from_ms(1_795_000_000_000 + number * 1000),
            messages,
            ..Chat::default()
        }
    }

    fn text(&self, random: &mut Random, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 128);
        while text.len() < bytes {
            let words = 4 + random.below(18) as usize;
            text.push_str(&self.sentence(random, words));
            text.push_str(if random.below(7) == 0 { "\n\n" } else { " " });
        }
        text
    }

    fn sentence(&self, random: &mut Random, words: usize) -> String {
        let mut sentence = String::new();
        for place in 0..words {
            let word = self.word(random);
            match place {
                0 => {
                    let mut letters = word.chars();
                    sentence.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                    sentence.push_str(letters.as_str());
                }
                _ => {
                    sentence.push_str(if random.below(14) == 0 { ", " } else { " " });
                    sentence.push_str(word);
                }
            }
        }
        sentence.push(if random.below(9) == 0 { '?' } else { '.' });
        sentence
    }

    fn word(&self, random: &mut Random) -> &str {
        let all = self.sums.last().copied().unwrap_or(1.0);
        let at = random.fraction() * all;
        &self.words[self.sums.partition_point(|sum| *sum < at).min(WORDS - 1)]
    }
}

fn syllable(random: &mut Random) -> String {
    const ONSETS: [&str; 24] = [
        "", "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "th",
        "tr", "ch", "pr", "sh", "gl", "cr",
    ];
    const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "ea", "ou", "y", "e"];
    const CODAS: [&str; 12] = ["", "n", "r", "s", "t", "l", "nd", "ng", "", "m", "ck", "st"];
    let pick =
        |random: &mut Random, from: &[&'static str]| from[random.below(from.len() as u64) as usize];
    [pick(random, &ONSETS), pick(random, &VOWELS), pick(random, &CODAS)].concat()
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
