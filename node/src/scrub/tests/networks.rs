//! Addresses in networks.

use super::{found, found_of, none_in};

#[test]
fn an_address_of_somebody_is_found() {
    for (text, address) in [
        ("login from 203.181.91.161 at noon", "203.181.91.161"),
        ("my ip: 58.74.121.78.", "58.74.121.78"),
        ("http://98.85.59.159:8080/x", "98.85.59.159"),
        ("client_ip = ?%//!%20|98.85.59.159|%20/", "98.85.59.159"),
        ("服务器 45.77.12.9:443 挂了", "45.77.12.9"),
        ("ip 3.7.2.9 answers", "3.7.2.9"),
        ("from ٤٥.٧٧.١٢.٩ today", "٤٥.٧٧.١٢.٩"),
        ("peer [2a02:908:1391:9c40::17]:443", "2a02:908:1391:9c40::17"),
        ("addr 7a3b:4c1d:99fe:12:8:aa01:3:f00d.", "7a3b:4c1d:99fe:12:8:aa01:3:f00d"),
        ("::ffff:45.77.12.9 mapped", "::ffff:45.77.12.9"),
    ] {
        assert_eq!(found_of("ip", text), [address], "{text}");
    }
    let range = found_of("ip", "scan 45.77.12.9-45.77.12.44 please");
    assert_eq!(range, ["45.77.12.9", "45.77.12.44"]);
}

#[test]
fn versions_sections_and_addresses_of_nobody_are_none() {
    none_in([
        "Version 1.2.3.4 of the tool is out",
        "firmware 12.4.200.3, v2.150.3.1, release 45.77.12.9",
        "upgraded from 12.3.9.4 to 12.4.0.1",
        "see section 3.2.1.4 and § 12.44.5.6",
        "Chrome/120.0.0.0 Safari/537.36",
        "app-45.77.12.9.tar.gz, 45.77.12.9-beta, 1.2.3.4.5, 1.3.6.1.4.1.311.2",
        "use 127.0.0.1, 192.168.0.1, 10.1.2.3, 0.0.0.0, 255.255.255.0, 8.8.8.8",
        "198.51.100.7 and 2001:db8::7 are for documentation, ::1 and :: are not",
        "198.20.0.0/16 is a network",
        "at 12:34:56, std::fmt::Debug, a::b::c, fe::ed, 1:2:3:4:5:6:7:8",
        "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 is a fingerprint",
        "256.1.1.1 and 300.300.300.300",
    ]);
}

#[test]
fn an_address_of_hardware_is_found() {
    for text in
        ["00:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6", "MAC 00:11:22:33:44:55"]
    {
        assert_eq!(found(text)[0].0, "mac", "{text}");
    }
    none_in(["ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "01:02:03:04:05:06", "dead.beef.cafe.f00d"]);
}
