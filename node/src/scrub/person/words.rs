//! Words that belong to names, or that begin none, in lower case unless said otherwise.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

/// Titles before a name, without points at their ends.
const TITLES: &str = "\
dr prof mr mrs ms miss mx sir dame lord lady rev hon capt lt sgt ing dipl.-ing mag univ.prof \
univ.-prof dipl mgr bc judr mudr mvdr rndr paeddr phdr doc herr frau sig sig.ra dott dott.ssa \
avv arch sr sra srta don doña d dña dom dona mme mlle m monsieur madame lic dra drs ir dhr mevr \
mw pan pani bay bayan av öğr г-н г-жа пан пані fru hr tit κ doç";

/// Particles within a name.
const PARTICLES: &str = "\
de del della di da do dos das du des la le las los van von der den ter ten zu zur zum bin ibn \
bint al el y e af av op 't het und of st 's i d' oğlu ap mac mc";

/// Words that begin sentences or name things, so that none of them is a name by itself.
const OTHERS: &str = "\
i the a an my your our his her its this that these those it he she we they you and but or not \
no yes please can could would what when where who why how if in on at for from to ich sie er \
wir ihr und der die das bitte je il elle nous vous et mon ma el yo mi tu y io e sono eu o os as \
ik het een en ja jag det och я он она мы вы это и мой ben customer sir madam team all everyone \
world guys folks people colleagues kollegen kolleginnen damen herren zusammen miteinander leute welt mundo todos \
todas tutti tous monde allemaal alla wszystkim всем мир chatgpt gpt assistant bot copilot office centre group \
department sales info hotline order invoice street town building hiring manager committee editor \
support service there friend friends user admin diary santa god river street road avenue \
university college school hospital island islands park city county beach lake mountain \
mountains bridge airport station museum church award awards prize cup day law theorem algorithm \
effect equation number numbers test method model distribution theory inc ltd llc gmbh corp \
company bank hotel band album film series foundation institute center centre states kingdom \
republic monday tuesday wednesday thursday friday saturday sunday january february march april \
may june july august september october november december english spanish french german chinese \
japanese python java linux windows google";

static TITLES_SET: Words = LazyLock::new(|| TITLES.split(' ').collect());
static PARTICLES_SET: Words = LazyLock::new(|| PARTICLES.split(' ').collect());
static OTHERS_SET: Words = LazyLock::new(|| OTHERS.split(' ').collect());

/// Whether a word is a title that stands before a name.
pub(super) fn is_title(lower: &str) -> bool {
    TITLES_SET.contains(lower)
}

/// Whether a word stands within a name in lower case.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES_SET.contains(word)
}

/// Whether a word is often capitalised and names nobody.
pub(super) fn is_other(lower: &str) -> bool {
    OTHERS_SET.contains(lower)
}
