use super::*;

fn read_back(text: &str) -> serde_json::Value {
    let value = read(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    serde_json::from_str(&value.to_string()).unwrap()
}

#[test]
fn everything_is_read_as_it_is_written() {
    let text = r#"{"b":[1,-2,0.5,1e3,true,false,null,"x","\u00e9\n\"",[],{},[[1]]],"a":{"z":{"y":[{"x":"w"}]}}}"#;
    assert_eq!(read_back(text), serde_json::from_str::<serde_json::Value>(text).unwrap());
    let value = read(text.as_bytes()).unwrap();
    assert_eq!(Value::from(serde_json::json!({"a": [1, "x"]})).to_string(), r#"{"a":[1,"x"]}"#);
    assert_eq!(value.at("/a/z").and_then(|z| z.get("y")).map(Value::is_array), Some(true));
    assert_eq!((value.at("/a/none"), value.at("/b/0")), (None, None), "lists have no names");
    assert_eq!(value.clone().into_owned(), value);
}

#[test]
fn a_text_is_copied_only_where_it_is_not_written_as_it_is() {
    let value = read(br#"["as it is", "with \"quotes\"", "\u00e9"]"#).unwrap();
    let [plain, quoted, escaped] = value.as_array().unwrap() else { panic!("{value}") };
    assert!(matches!(plain, Value::String(Cow::Borrowed("as it is"))));
    assert!(matches!(quoted, Value::String(Cow::Owned(text)) if text == "with \"quotes\""));
    assert_eq!(escaped.as_str(), Some("é"));
}

#[test]
fn of_several_fields_with_one_name_the_last_holds() {
    let value = read(br#"{"b":1,"a":2,"b":3,"c":4,"b":5,"a":6}"#).unwrap();
    assert_eq!(value.to_string(), r#"{"a":6,"b":5,"c":4}"#);
    let object = value.as_object().unwrap().clone().with("aa", Value::from("x"));
    assert_eq!(object.get("aa").and_then(Value::as_str), Some("x"));
    assert_eq!((object.len(), object.get("d"), object.get("")), (4, None, None));
}

/// Lists and objects within each other, of which some are longer than those that wait.
#[test]
fn long_lists_and_objects_hold_everything_once() {
    let inner: Vec<usize> = (0..3000).collect();
    let fields: serde_json::Map<_, _> =
        (0..2500).map(|n| (n.to_string(), serde_json::json!([n, inner[..n % 7]]))).collect();
    let whole =
        serde_json::json!({"list": [inner, [inner, {"x": inner}], "end"], "fields": fields});
    assert_eq!(read_back(&whole.to_string()), whole);
}

#[test]
fn what_is_no_json_is_refused() {
    for text in
        ["", "{", "[1", "[1,]", r#"{"a"}"#, r#"{"a":1,}"#, "NaN", "1 2", "\"\\ud800\"", "01"]
    {
        assert!(read(text.as_bytes()).is_err(), "{text}");
    }
    assert!(read(b"\"\xff\"").is_err());
}

/// A record is weighed only if it is long: a short one has to be light, whatever is in it.
#[test]
fn no_json_weighs_more_than_its_share() {
    for one in ["[]", "{}", "[0]", "0", r#"{"":0}"#, r#"{"":{}}"#, r#"{"":[]}"#, "\"\"", "[[],[]]"]
    {
        let text = format!("[{}]", vec![one; 1000].join(","));
        let weight = weight(text.as_bytes());
        assert!(weight <= text.len() * weight::WEIGHT_RATIO_MAX, "{one}: {weight}");
        assert!(weight >= 1000 * 24, "{one} takes some: {weight}");
    }
    let text = format!(r#"["{}"]"#, r#"{\"[,:"#.repeat(1000));
    assert!(weight(text.as_bytes()) < 100, "what stands in a text weighs nothing");
}
