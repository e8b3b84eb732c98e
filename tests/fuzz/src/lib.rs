//! What the fuzz targets run: every decoder of Sheaf, with what must hold of whatever it accepts.
//!
//! Of the node, the pure source files that read foreign bytes are compiled in as they stand (frames,
//! importers, the scrubber, the slip): a target that brought libp2p along would spend its time on counting the
//! edges of libp2p. Around them is just enough of the node's module tree.

#![forbid(unsafe_code)]
// Most of what the borrowed files offer is not called from here.
#![allow(dead_code, unused_imports)]

pub mod seeds;
pub mod targets;

#[path = "../../../node/src/client/check.rs"]
mod check;
#[path = "../../../node/src/net/framing.rs"]
pub mod framing;
#[path = "../../../node/src/import/mod.rs"]
pub mod import;
#[path = "../../../node/src/limits.rs"]
mod limits;
#[path = "../../../node/src/scrub/mod.rs"]
pub mod scrub;
#[path = "../../../node/src/flow/slip.rs"]
pub mod slip;

/// Puts a panic hook in front of the fuzzer's, which ends the process: what a crate asserts of a
/// damaged table is no finding where the importer catches it. A panic of our own code is one.
pub fn pass_over_caught_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_ours = panic.location().is_none_or(|at| at.file().contains("src/import/"));
        if is_ours || !import::catches_panics() {
            hook(panic);
        }
    }));
}

mod net {
    pub(crate) use crate::framing;
}

mod client {
    pub(crate) use crate::check::{
        CheckError, CommunityInfo, check_charter, check_logged, check_policy,
    };
}

mod flow {
    pub(crate) use crate::slip;
}

/// Stands in for the sentences of the node: they read no foreign bytes.
mod contribute {
    use sheaf_protocol::{
        policy::Policy,
        statement::{Consent, Labels},
    };

    pub(super) fn consent_sentences(consent: &Consent) -> Vec<String> {
        vec![consent.licence.clone(), consent.usage.clone()]
    }

    pub(super) fn label_words(labels: &Labels) -> String {
        labels.tags.join(" ")
    }

    pub(super) fn shown(name: &str, _: &Policy, consent: &Consent, _: &Labels) -> Vec<String> {
        vec![name.to_owned(), consent.licence.clone()]
    }
}
