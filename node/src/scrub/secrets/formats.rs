//! Keys that are known by how they begin: prefix, alphabet and length, from the vendors' own pages and
//! from what their programs accept. Lengths are lower bounds where vendors have changed them or say
//! that they may.

use super::aws;
use super::body::{Alphabet, is_drawn, is_stand_in};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use Alphabet::{Base64, Capitals, Dotted, Hex, Padded, Url, Word};
use std::ops::Range;

/// Bytes of the longest body.
const BODY_MAX: usize = 1024;
/// Bytes that look drawn at random in each body.
const DRAWN_MIN: usize = 8;

/// The keys of a vendor.
#[derive(Debug)]
pub(super) struct Format {
    /// How they begin, in this case.
    pub(super) prefix: &'static str,
    /// What follows.
    alphabet: Alphabet,
    /// How many bytes of it at least and at most.
    len: (usize, usize),
    kind: Kind,
    confidence: u8,
}

/// Keys to an interface of which a body of at least `min` bytes follows.
const fn key(prefix: &'static str, alphabet: Alphabet, min: usize) -> Format {
    exact(prefix, alphabet, min, BODY_MAX)
}

const fn exact(prefix: &'static str, alphabet: Alphabet, min: usize, max: usize) -> Format {
    Format { prefix, alphabet, len: (min, max), kind: Kind::ApiKey, confidence: 97 }
}

/// Keys with which nothing real can be done.
const fn test_key(prefix: &'static str, alphabet: Alphabet, min: usize) -> Format {
    Format { confidence: 75, ..key(prefix, alphabet, min) }
}

const fn private(prefix: &'static str, alphabet: Alphabet, min: usize) -> Format {
    Format { kind: Kind::PrivateKey, ..key(prefix, alphabet, min) }
}

#[rustfmt::skip]
pub(super) static FORMATS: &[Format] = &[
    // Language models.
    key("sk-", Word, 20), key("sk-proj-", Url, 20), key("sk-svcacct-", Url, 20),
    key("sk-admin-", Url, 20), key("sk-None-", Url, 20), key("sess-", Word, 40),
    key("sk-ant-", Url, 20), key("sk-or-", Url, 20), key("sk-lf-", Url, 30),
    key("gsk_", Word, 40), key("xai-", Word, 60), key("pplx-", Word, 32), key("r8_", Word, 30),
    key("hf_", Word, 28), key("api_org_", Word, 28), key("nvapi-", Url, 40), key("csk-", Word, 40),
    key("tgp_v1_", Url, 30), key("fw_", Word, 22), key("jina_", Word, 40), key("tvly-", Url, 24),
    key("pcsk_", Url, 40), key("lsv2_pt_", Url, 32), key("lsv2_sk_", Url, 32), key("voy-", Url, 30),
    key("wandb_v1_", Url, 32), key("KGAT_", Hex, 32), key("sk_", Hex, 48), key("fc-", Hex, 32),
    // Clouds.
    exact("AKIA", Capitals, 16, 16), exact("ASIA", Capitals, 16, 16), exact("ABIA", Capitals, 16, 16),
    exact("ACCA", Capitals, 16, 16), key("ABSK", Base64, 100), key("amzn.mws.", Url, 36),
    exact("AIza", Url, 33, 42), key("ya29.", Dotted, 20), key("GOCSPX-", Url, 20), key("1//0", Url, 40),
    exact("LTAI", Word, 12, 24), exact("AKID", Word, 32, 36), key("dop_v1_", Hex, 40),
    key("doo_v1_", Hex, 40), key("dor_v1_", Hex, 40), key("cfut_", Word, 32), key("cfat_", Word, 32),
    key("cfk_", Word, 32), key("v1.0-", Url, 100), key("AccountKey=", Base64, 40),
    key("SharedAccessKey=", Base64, 40), key("AQVN", Url, 34), key("y0_", Url, 50), key("t1.9eu", Dotted, 100),
    key("HRKU-", Url, 36), key("fm2_", Base64, 60), key("fo1_", Url, 40), key("nfp_", Word, 36),
    key("rnd_", Word, 24), key("sbp_", Hex, 36), key("sb_secret_", Url, 24), key("vcp_", Word, 24),
    key("pscale_tkn_", Dotted, 32), key("pscale_pw_", Dotted, 32), key("pscale_oauth_", Dotted, 32),
    key("scw-secret-", Url, 32), key("tskey-", Url, 20), key("dapi", Hex, 32), key("OVH", Hex, 60),
    // Code and its delivery.
    key("ghp_", Word, 30), key("gho_", Word, 30), key("ghu_", Word, 30), key("ghs_", Word, 30),
    key("ghr_", Word, 30), key("github_pat_", Url, 40), key("glpat-", Dotted, 18),
    key("gldt-", Url, 18), key("glrt-", Dotted, 18), key("glptt-", Url, 18), key("glcbt-", Url, 18),
    key("glsoat-", Url, 18), key("glft-", Url, 18), key("glimt-", Url, 18), key("glagent-", Url, 40),
    key("gloas-", Url, 40), key("GR1348941", Url, 20), key("ATBB", Word, 28), key("ATATT3", Padded, 60),
    key("ATCTT3", Padded, 60), key("npm_", Word, 32), key("pypi-", Url, 60),
    key("rubygems_", Hex, 40), key("CLOJARS_", Hex, 48), key("oy2", Word, 43), key("cio", Word, 32),
    key("dckr_pat_", Url, 24), key("dckr_oat_", Url, 24), key("AKCp", Word, 60), key("cmVmdGtu", Word, 48),
    key("bkua_", Hex, 36), key("CCIPAT_", Url, 40), key("pul-", Hex, 36), key("PMAK-", Url, 50),
    key("sntrys_", Base64, 60), key("sntryu_", Hex, 60), key("glsa_", Url, 36), key("glc_", Base64, 32),
    key("NRAK-", Word, 24), key("NRII-", Url, 28), key("dt0c01.", Dotted, 80), key("sonar_", Hex, 36),
    key("sqp_", Hex, 36), key("squ_", Hex, 36), key("phx_", Word, 40), key("lin_api_", Word, 32),
    key("lin_oauth_", Hex, 56), key("figd_", Url, 36), key("figu_", Url, 36), key("ntn_", Word, 40),
    key("secret_", Word, 40), key("PAT-", Url, 60), key("rdme_", Word, 60), key("hooks.slack.com/services/T", Base64, 28),
    // Secrets of secrets.
    key("hvs.", Url, 24), key("hvb.", Url, 90), key("hvr.", Url, 24), key("dp.pt.", Word, 36),
    key("dp.st.", Dotted, 36), key("dp.ct.", Word, 36), key("dp.sa.", Word, 36), key("dp.scim.", Word, 36),
    key("ops_eyJ", Base64, 200), key("A3-", Url, 30), key("atlasv1.", Url, 60),
    private("AGE-SECRET-KEY-1", Capitals, 50), private("AGE-PLUGIN-", Url, 58),
    // Messages.
    key("xoxb-", Url, 20), key("xoxp-", Url, 20), key("xoxa-", Url, 20), key("xoxr-", Url, 20),
    key("xoxs-", Url, 20), key("xoxc-", Url, 20), key("xoxo-", Url, 20), key("xoxe-", Url, 20),
    key("xoxe.xoxp-", Url, 40), key("xoxe.xoxb-", Url, 40), key("xapp-", Url, 24),
    key("SG.", Dotted, 40), key("key-", Hex, 32), key("xkeysib-", Url, 64), key("xsmtpsib-", Url, 64),
    key("re_", Url, 30), key("mfa.", Url, 80), key("discord.com/api/webhooks/", Base64, 70),
    key("discordapp.com/api/webhooks/", Base64, 70),
    key("pat-na1-", Url, 36), key("pat-eu1-", Url, 36), key("tfp_", Dotted, 40), key("EAA", Word, 90),
    key("IGQV", Url, 80),
    // Money and shops.
    key("sk_live_", Word, 16), key("rk_live_", Word, 16), key("whsec_", Base64, 24),
    test_key("sk_test_", Word, 16), test_key("rk_test_", Word, 16),
    key("sq0atp-", Url, 22), key("sq0csp-", Url, 40), key("sq0idp-", Url, 22), key("EAAA", Url, 58),
    key("shpat_", Hex, 32), key("shpca_", Hex, 32), key("shppa_", Hex, 32), key("shpss_", Hex, 32),
    key("rzp_live_", Word, 14), test_key("rzp_test_", Word, 14), key("FLWSECK-", Url, 32),
    key("FLWSECK_TEST-", Url, 32), key("access_token$production$", Url, 40),
    key("access-production-", Url, 36), key("live_", Hex, 40), key("EZAK", Word, 54),
    key("shippo_live_", Hex, 40),
    // Data.
    key("apify_api_", Word, 30), key("aio_", Word, 26), key("CFPAT-", Url, 40), key("sl.", Url, 120),
    key("sk.eyJ", Dotted, 60), key("duffel_live_", Url, 40), key("alcht_", Word, 28), key("patAT", Url, 40),
];

impl Format {
    /// Judges the prefix at `at`, found whatever its case.
    ///
    /// `judged` is how far bodies were looked at: none is twice, however many prefixes it contains.
    pub(super) fn find(
        &self,
        text: &Folded<'_>,
        at: Range<usize>,
        judged: &mut usize,
        found: &mut Finds,
    ) {
        let bytes = text.bytes();
        let is_prefix = &bytes[at.clone()] == self.prefix.as_bytes();
        if at.start < *judged
            || !is_prefix
            || !begins_word(text, at.start)
            || is_in_base64(bytes, at.start)
        {
            return;
        }
        let run = at.end + self.alphabet.run(&bytes[at.end..], self.len.1);
        let body = text.as_str()[at.end..run].trim_end_matches(['-', '_', '.', '/']);
        let end = at.end + body.len();
        if body.len() < self.len.0 {
            return;
        }
        *judged = run;
        if self.is_key(body) && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            found.add(at.start..end, self.kind, self.confidence);
            if self.alphabet == Capitals && self.kind == Kind::ApiKey {
                aws::find_secret(text, end, found);
            }
        }
    }

    fn is_key(&self, body: &str) -> bool {
        let is_drawn = self.alphabet == Capitals || is_drawn(body, DRAWN_MIN);
        body.len() <= self.len.1 && is_drawn && !is_stand_in(body)
    }
}

/// Whether no word goes on into the prefix.
fn begins_word(text: &Folded<'_>, start: usize) -> bool {
    !text.char_before(start).is_some_and(crate::scrub::script::joins_latin)
}

/// Whether what begins at `start` lies inside something long in base64, where every beginning of a few
/// letters stands somewhere.
fn is_in_base64(bytes: &[u8], start: usize) -> bool {
    start >= BASE64_BEFORE && bytes[start - BASE64_BEFORE..start].iter().all(|b| Base64.holds(*b))
}

/// So many signs of base64 in a row are no path of a URL.
const BASE64_BEFORE: usize = 64;
