//! Names in Chinese, Japanese and Korean, by the surnames that most people bear.

use super::super::numbers::lex::is_blank;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Chinese surnames of one character, then those of two.
const CHINESE: &str = "\
王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹\
薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍\
涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和\
仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇呂盧鐘譚陸賈韋鄒龍顧賀龔萬錢嚴湯莊聶魯關蘭";
const CHINESE_DOUBLE: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯",
    "歐陽", "司馬",
];

/// Japanese surnames.
const JAPANESE: &str = "\
佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 \
藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田 原 内田 柴田 酒井 宮崎 \
横山 高木 安藤 宮本 大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 岩崎 菅原 木下 久保 佐野 野村 松尾 菊地 \
市川 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 山内 西田 飯田 菊池 西川 小松 北村 安田 五十嵐 川口 平田 関 中田 久保田 服部 東 岩田 土屋 川崎 福島 本田 辻 樋口 秋山 \
田口 永井 山中 中西 吉村 川上 石原 大橋 松岡 浜田 馬場 森本 星野 矢野 浅野 松下 吉岡 小池 野田 荒木 大谷 熊谷 松浦 大久保 黒田 内藤 尾崎 川村 永田 望月 堀 松村 荒井 \
平井 大島 西山 早川 栗原 広瀬 横田 石橋 岡崎 廣瀬 若松 津田 喜多";

/// Korean surnames.
const KOREAN: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모";

/// Forms of address behind a name.
const CHINESE_TITLES: &[&str] = &[
    "先生", "女士", "小姐", "老师", "老師", "教授", "医生", "經理", "经理", "同学", "太太", "师傅",
    "律师", "总",
];
/// "… is my name", behind it.
const SAID: &[&str] = &["と申します", "と申す", "といいます", "と言います"];
const KOREAN_TITLES: &[&str] = &[" 씨", "씨", " 님"];
const JAPANESE_TITLES: &[&str] =
    &["さん", "様", "さま", "くん", "ちゃん", "先生", "氏", "教授", "部長", "課長", "社長"];

/// Whether a letter is of one of these scripts.
pub(super) fn is_letter(char: char) -> bool {
    is_han(char) || is_kana(char) || is_hangul(char)
}

fn is_han(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{9fff}' | '々' | '\u{f900}'..='\u{faff}')
}

fn is_kana(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー')
}

fn is_hangul(char: char) -> bool {
    matches!(char, '\u{ac00}'..='\u{d7a3}')
}

/// Where the name ends that begins at a place. Where the lead says little, it has to begin with a
/// surname that is known.
pub(super) fn name(text: &str, start: usize, strict: bool) -> Option<usize> {
    let first = text[start..].chars().next()?;
    let korean = is_hangul(first);
    let end = if korean { korean_name(text, start) } else { han_name(text, start) }?;
    let known = korean || surname_len(&text[start..]).is_some();
    (known || !strict).then_some(end)
}

static JAPANESE_SET: LazyLock<HashSet<&str>> =
    LazyLock::new(|| JAPANESE.split_whitespace().collect());
/// Characters of the longest Japanese surname.
const JAPANESE_CHARS_MAX: usize = 3;

/// The length of the surname that a text begins with.
fn surname_len(text: &str) -> Option<usize> {
    let double = CHINESE_DOUBLE.iter().find(|name| text.starts_with(*name));
    let ends = text.char_indices().take(JAPANESE_CHARS_MAX).map(|(at, char)| at + char.len_utf8());
    let japanese = ends.filter(|end| JAPANESE_SET.contains(&text[..*end])).last();
    let single = text.chars().next().filter(|char| CHINESE.contains(*char)).map(char::len_utf8);
    double.map(|name| name.len()).or(japanese).or(single)
}

/// Chinese and Japanese: kana and Han up to a mark or a word that ends the sentence.
fn han_name(text: &str, start: usize) -> Option<usize> {
    const ENDS: &str = "\
です と申し といい と言い だ。 である で、 でし は が の と を に も さん 様 ， 的 是 和 在 住 今年 来自 电话 手机 吧 就 啊 ， 、 。 从 想";
    let surname = surname_len(&text[start..]);
    let (mut end, mut chars, mut blank) = (start, 0, false);
    for (offset, char) in text[start..].char_indices().take(12) {
        let at = start + offset;
        let inside = at > start + surname.unwrap_or(3).min(3);
        if inside && ENDS.split(' ').any(|word| text[at..].starts_with(word)) {
            break;
        }
        if is_blank(char) && !blank && chars > 0 {
            blank = true;
            continue;
        }
        if !is_han(char) && !is_kana(char) && char != '·' {
            break;
        }
        (end, chars) = (at + char.len_utf8(), chars + 1);
    }
    let body = &text[start..end];
    match surname {
        // Nothing told where it ends: a surname and two characters.
        Some(len) if chars > 5 && !body.contains([' ', '·', '\u{3000}']) => {
            let rest = text[start + len..]
                .char_indices()
                .nth(2)
                .map_or(text.len(), |(at, _)| start + len + at);
            Some(rest.min(end))
        }
        _ => (2..=9).contains(&chars).then_some(end),
    }
}

/// Korean: a surname and one to three syllables, before a particle.
fn korean_name(text: &str, start: usize) -> Option<usize> {
    const PARTICLES: &str = "\
입니다 이고 이에요 예요 이라고 라고 이며 이야 야 씨 님 이요 인데 입니 이다 은 는";
    let word: &str = text[start..].split(|char: char| !is_hangul(char)).next()?;
    if !KOREAN.contains(word.chars().next()?) {
        return None;
    }
    let cut = PARTICLES.split(' ').filter_map(|particle| {
        let at = word.find(particle)?;
        (word[..at].chars().count() >= 2).then_some(at)
    });
    let len = cut.min().unwrap_or(word.len());
    let told =
        len < word.len() || !text[start + len..].starts_with(' ') || word.chars().count() == 3;
    ((2..=4).contains(&word[..len].chars().count()) && told).then_some(start + len)
}

/// The forms of address, to be looked for all at once. Built from our own table, so it cannot fail on
/// what a chat holds.
static TITLES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let titles = SAID.iter().chain(JAPANESE_TITLES).chain(CHINESE_TITLES).chain(KOREAN_TITLES);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(titles).ok()
});

/// Calls `each` with names before a form of address: "田中さん", "王先生", "김민수 씨".
pub(super) fn each_addressed(text: &str, mut each: impl FnMut(usize, usize)) {
    let Some(titles) = TITLES.as_ref().filter(|_| !text.is_ascii()) else { return };
    for found in titles.find_iter(text) {
        let korean = text[found.start()..].trim_start().chars().next().is_some_and(is_hangul);
        let title = &text[found.start()..found.end()];
        let start = match title {
            _ if korean => korean_before(text, found.start()),
            _ if SAID.contains(&title) => said_before(text, found.start()),
            _ => name_before(text, found.start()),
        };
        if let Some(start) = start {
            each(start, found.start());
        }
    }
}

/// Where the name begins that ends at a place: as long as it is a surname and at most three more.
fn name_before(text: &str, end: usize) -> Option<usize> {
    let back = text[..end]
        .char_indices()
        .rev()
        .take(6)
        .take_while(|(_, char)| is_han(*char) || is_kana(*char));
    let starts: Vec<usize> = back.map(|(at, _)| at).collect();
    starts.into_iter().rev().find(|start| {
        let name = &text[*start..end];
        let whole = JAPANESE_SET.contains(name);
        let double = CHINESE_DOUBLE.iter().any(|surname| name.starts_with(surname));
        let more = surname_len(name)
            .is_some_and(|len| len < name.len() && name[len..].chars().count() <= 2);
        let begins = text[..*start].chars().next_back().is_none_or(|char| !is_han(char));
        let single = name.chars().count() == 1
            && CHINESE.contains(name)
            && begins
            && text[end..].starts_with(['先', '女', '小', '老']);
        whole
            || double
            || single
            || (more && begins && name.chars().all(is_han) && name.chars().count() >= 2)
    })
}

/// Where the name begins that ends at a place: all that is written before it, if it begins with a surname.
fn said_before(text: &str, end: usize) -> Option<usize> {
    let inner = |char: char| is_han(char) || is_kana(char) || is_blank(char);
    let back = text[..end].char_indices().rev().take(10).take_while(|(_, char)| inner(*char));
    let start = back.last().map(|(at, _)| at)?;
    let name = text[start..end].trim_start_matches(is_blank).trim_start_matches(['は', 'の']);
    surname_len(name).is_some_and(|len| len < name.len()).then(|| end - name.len())
}

fn korean_before(text: &str, end: usize) -> Option<usize> {
    let back = text[..end].char_indices().rev().take(5).take_while(|(_, char)| is_hangul(*char));
    let starts: Vec<usize> = back.map(|(at, _)| at).collect();
    let start = *starts.last()?;
    let after = text[end..].trim_start().trim_start_matches(['씨', '님']);
    let ends = after
        .chars()
        .next()
        .is_none_or(|char| !is_hangul(char) || "는가를의와도에께".contains(char));
    let surname = text[start..].chars().next().is_some_and(|char| KOREAN.contains(char));
    (starts.len() == 3 && surname && ends).then_some(start)
}
