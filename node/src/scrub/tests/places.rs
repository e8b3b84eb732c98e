//! Positions.

use super::{found_of, none_in};

#[test]
fn a_place_is_found_by_its_numbers_or_by_its_name() {
    for (text, place) in [
        ("I live at 52.520008, 13.404954 now", "52.520008, 13.404954"),
        ("40°26'46\"N 79°58'56\"W", "40°26'46\"N 79°58'56\"W"),
        ("https://maps.example.com/@48.8584,2.2945,17z", "48.8584,2.2945"),
    ] {
        assert_eq!(found_of("position", text), [place], "{text}");
    }
    let named = found_of("position", "lat: -33.87, lon: 151.21");
    assert_eq!(named, ["-33.87", "151.21"], "numbers with names are values of their own");
    let json = found_of("position", "{\"latitude\": 40.7128, \"longitude\": -74.0060}");
    assert_eq!(json, ["40.7128", "-74.0060"]);
}

#[test]
fn numbers_beside_each_other_are_no_place() {
    none_in([
        "x = 0.1234, 0.5678",
        "[12.0123, 45.4567, 7.8912, 3.1415]",
        "pi is 3.14159265, e is 2.71828182",
        "loss 1.2345 accuracy 97.8765",
        "it is 20° C here and 25° there",
        "95.12345, 200.12345",
    ]);
}
