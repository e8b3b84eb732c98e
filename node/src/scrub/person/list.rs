//! First names, and those among them that are words or places as well.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Written from general knowledge, common names of some thirty languages; a line is a language.
const FIRST_NAMES: &str = include_str!("first_names.txt");

/// Names that are other words too often to be taken for one without a word that leads to them.
const AMBIGUOUS: &str = "\
may april june august will mark grace hope joy rose bill art chase dean christian jordan paris london austin dallas virginia georgia \
carolina florence victoria charlotte sydney madison chelsea israel china asia india brooklyn summer autumn dawn faith amber ruby \
crystal jade pearl ivy lily violet olive ginger heather holly iris daisy jasmine melody harmony destiny trinity angel max frank jack \
rich guy drew miles grant lance pat rob sue stone hunter mason carter tyler cooper parker taylor morgan logan cameron santiago diego \
francisco antonio san jose jesus maria lourdes cruz luz sol paz mercedes dolores concepción milan roman martin marco polo angelo star \
victor leo francis hanna noah eden shiloh kenya cuba lee long van ken dan ben young kim do an so sun ray bob joe dev ram raj ali \
alexa siri claude gemini julia ruby ada haskell perl scala kotlin pascal elm crystal nim zig max min rust sam bradford lincoln \
washington jackson madison hamilton franklin wolf ernst ehrlich stark alba aurora stella luna nova lana mina nina pia ana sol";

static NAMES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| FIRST_NAMES.split_whitespace().collect());
static OFTEN_OTHER: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| AMBIGUOUS.split_whitespace().collect());

/// Whether a word in lower case is a first name, or two of them with a hyphen.
pub(super) fn is_first_name(lower: &str) -> bool {
    NAMES.contains(lower)
        || lower
            .split_once('-')
            .is_some_and(|(one, two)| NAMES.contains(one) && NAMES.contains(two))
}

pub(super) fn is_ambiguous(lower: &str) -> bool {
    OFTEN_OTHER.contains(lower)
}
