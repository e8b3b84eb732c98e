//! Addresses of China, Japan and Korea: from the large to the small, the number last.

use super::Place;
use crate::scrub::numbers::lex::Group;
use crate::scrub::script::is_spaceless;

/// Characters before a number in which its street, town and province stand.
const BEFORE_CHARS_MAX: usize = 48;
/// Characters behind the first number: house, room, postal code.
const AFTER_CHARS_MAX: usize = 40;

/// Words before an address that are written without a space.
const LEADS: &str = "\
住在 住址是 地址是 地址为 地址： 地址: 家住 寄到 寄往 送到 送往 位于 收货地址 搬到 住所は 住所： 住所: 住所 自宅は 住まいは 届け先は 所在地は 私は は、 は 주소는 \
주소: 我在 在 是 到 的 ： 为";

/// The address in which a number stands, if it is one of these.
pub(super) fn at(text: &str, number: Group) -> Option<Place> {
    let near = text.as_bytes()[..number.start].iter().rev().take(2).find(|byte| **byte != b' ')?;
    if near.is_ascii() {
        return None;
    }
    let before = text[..number.start].trim_end_matches(' ').chars().next_back()?;
    let after = text[number.end..].chars().next();
    let hangul = ('\u{ac00}'..='\u{d7a3}').contains(&before);
    match before {
        _ if hangul => korean(text, number),
        _ if is_spaceless(before) => chinese(text, number, after),
        _ => None,
    }
}

/// The end of the text before a number, at most so many characters of it.
fn window(text: &str, end: usize, fits: impl Fn(char) -> bool) -> &str {
    let chars = text[..end].char_indices().rev().take(BEFORE_CHARS_MAX);
    let start = chars.take_while(|(_, char)| fits(*char)).last().map_or(end, |(at, _)| at);
    &text[start..end]
}

/// Chinese and Japanese.
fn chinese(text: &str, number: Group, after: Option<char>) -> Option<Place> {
    let japanese = matches!(after, Some('丁' | '番' | '-' | '号' | '条'));
    let chinese = matches!(
        after,
        Some('号' | '號' | '弄' | '栋' | '楼' | '室' | '单' | '巷' | '座' | '段' | '樓')
    );
    if !japanese && !chinese && number.len() != 6 {
        return None;
    }
    let fits = |char: char| {
        (is_spaceless(char) && !('\u{ac00}'..='\u{d7a3}').contains(&char))
            || char.is_ascii_alphanumeric()
            || " -#〒".contains(char)
    };
    let window = window(text, number.start, fits);
    let lead =
        LEADS.split(' ').filter_map(|lead| window.rfind(lead).map(|at| at + lead.len())).max();
    let province = PROVINCES.split(' ').filter_map(|name| window.find(name)).min();
    let body_at = match (province, lead) {
        (Some(province), _) => province,
        (None, Some(lead)) => lead,
        (None, None) => 0,
    };
    let body = window[body_at..].trim_start_matches([' ', '-']);
    let has = |signs: &[char]| body.chars().any(|char| signs.contains(&char));
    let town = has(&['市', '区', '县', '區', '縣', '町', '村', '郡', '乡', '镇']);
    let street = has(&['路', '街', '道', '巷', '弄', '里', '丁', '座', '大', '苑', '村']);
    let zip = number.len() == 6 && street && town;
    let told = lead.is_some() && street && chinese;
    if body.chars().count() < 4
        || !(zip || told || town && (japanese || chinese))
            && !(province.is_some() && (japanese || chinese))
    {
        return None;
    }
    let start = number.start - body.len();
    Some(Place {
        start: with_post_code(text, start),
        end: end(text, number.end),
        sure: if province.is_some() { 90 } else { 75 },
    })
}

/// "〒123-4567 " before an address.
fn with_post_code(text: &str, start: usize) -> usize {
    let rest = text[..start].trim_end_matches(' ');
    let digits = rest
        .bytes()
        .rev()
        .take(8)
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'-')
        .count();
    let code = rest.len() - digits;
    let marked = text[..code].ends_with('〒') || text[..code].ends_with("〒 ");
    if digits == 8 && marked { text[..code].rfind('〒').unwrap_or(start) } else { start }
}

/// Where an address ends that goes on behind its first number: signs of houses, more numbers, the name
/// of a building and its room.
fn end(text: &str, from: usize) -> usize {
    const SIGNS: &str = "段樓丁目番地号號弄栋楼室单元座层階の条-−–";
    let mut end = from;
    let mut building = false;
    for (offset, char) in text[from..].char_indices().take(AFTER_CHARS_MAX) {
        let at = from + offset;
        match char {
            _ if char.is_ascii_digit() || SIGNS.contains(char) => {
                if char.is_ascii_digit() || !matches!(char, '-' | '−' | '–' | 'の') {
                    end = at + char.len_utf8();
                }
            }
            ' ' => building = true,
            // Katakana and Latin letters behind a blank name a building.
            '\u{30a0}'..='\u{30ff}' if building => {}
            _ if building && char.is_ascii_alphabetic() => {}
            '\u{4e00}'..='\u{9fff}'
                if building && text[at..].chars().take(8).any(|next| next.is_ascii_digit()) => {}
            _ => break,
        }
    }
    end
}

/// Korean: words apart by blanks, a province or city first.
fn korean(text: &str, number: Group) -> Option<Place> {
    let window =
        window(text, number.start, |char| char == ' ' || char == '-' || char.is_alphanumeric());
    let last = window.trim_end().chars().next_back()?;
    let street = matches!(last, '로' | '길' | '동' | '리' | '가');
    let mut start = None;
    let mut at = 0;
    for word in window.split(' ') {
        if REGIONS.split(' ').any(|region| word.starts_with(region)) && start.is_none() {
            start = Some(at);
        }
        at += word.len() + 1;
    }
    let town = window
        .split(' ')
        .any(|word| word.ends_with(['시', '구', '군', '도']) && word.chars().count() > 1);
    let from = start.or_else(|| first_town(window))?;
    if !street || !town {
        return None;
    }
    let start = number.start - window.len() + from;
    Some(Place { start, end: korean_end(text, number.end), sure: 88 })
}

fn first_town(window: &str) -> Option<usize> {
    let mut at = 0;
    for word in window.split(' ') {
        if word.ends_with(['시', '구', '군', '도']) && word.chars().count() > 1 {
            return Some(at);
        }
        at += word.len() + 1;
    }
    None
}

/// "-12", "번길 3", " (역삼동)", " 101동 202호"
fn korean_end(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut depth = false;
    for (offset, char) in text[from..].char_indices().take(AFTER_CHARS_MAX) {
        let next = from + offset + char.len_utf8();
        match char {
            '(' => depth = true,
            ')' if depth => return next,
            _ if depth => {}
            _ if char.is_ascii_digit() => end = next,
            '동' | '호' | '층' | '번' | '길' => end = next,
            '-' | ' ' | ',' | '지' => {}
            _ => break,
        }
    }
    end
}

/// Provinces, prefectures and the cities that count as such.
const PROVINCES: &str = "\
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 \
新疆 香港 澳门 臺北 台北 高雄 臺中 台中 新北 桃園 臺南 台南 北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 \
新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 \
愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県";

const REGIONS: &str = "\
서울 부산 대구 인천 광주 대전 울산 세종 경기도 강원 충청북도 충청남도 전라북도 전라남도 전북 경상북도 경상남도 제주 충북 충남 전남 경북 경남";
