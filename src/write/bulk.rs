//! The lines between which search engines take records: Elasticsearch's and OpenSearch's bulk format.
//!
//! Before each object stands an action, here: index it, under this id. Documentation: "Bulk API" of either.

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

/// Longer ids, in bytes, are refused by the engines.
const LONGEST_ID: usize = 512;

#[derive(Serialize)]
struct Action<'a> {
    index: Target<'a>,
}

#[derive(Serialize)]
struct Target<'a> {
    #[serde(rename = "_index", skip_serializing_if = "Option::is_none")]
    index: Option<&'a str>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

/// Adds the action for a record with this id, with its line break. A record without id gets one from the engine; an id that is too long for it is replaced by its XXH3-128 hash.
pub fn push_action(id: &str, index: Option<&str>, output: &mut Vec<u8>) {
    let hash = (id.len() > LONGEST_ID).then(|| format!("{:032x}", xxh3_128(id.as_bytes())));
    let id = Some(hash.as_deref().unwrap_or(id)).filter(|id| !id.is_empty());
    serde_json::to_writer(&mut *output, &Action { index: Target { index, id } }).expect("memory takes everything");
    output.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_names_index_and_id_where_there_are_any() {
        let action = |id: &str, index| {
            let mut output = Vec::new();
            push_action(id, index, &mut output);
            String::from_utf8(output).expect("JSON is UTF-8")
        };
        assert_eq!(action("a\"ü", Some("news")), "{\"index\":{\"_index\":\"news\",\"_id\":\"a\\\"ü\"}}\n");
        assert_eq!(action("", None), "{\"index\":{}}\n");
        assert_eq!(action(&"x".repeat(512), None).len(), 512 + 21);
        assert_eq!(action(&"x".repeat(513), None).len(), 32 + 21);
    }
}
