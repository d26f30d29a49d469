//! The JSON Schemas of the tools: those of `schemas.json`, and of `openapi.json` what they point to.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::protocol::OPENAPI;

/// Where `openapi.json` keeps its schemas, and where a schema of its own keeps them.
const SHARED: &str = "#/components/schemas/";
const OWN: &str = "#/$defs/";

/// The tools' own, by the name of the tool: `input` and `output`.
static TOOLS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).unwrap_or_default());

/// The shared ones, by name.
static SCHEMAS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let openapi: Value = serde_json::from_str(&OPENAPI.replace(SHARED, OWN)).unwrap_or_default();
    match openapi.pointer("/components/schemas") {
        Some(Value::Object(schemas)) => schemas.clone(),
        _ => Map::new(),
    }
});

/// What the tool `name` is called with.
pub(super) fn input(name: &str) -> Value {
    TOOLS.pointer(&format!("/{name}/input")).cloned().unwrap_or_default()
}

/// What the tool `name` gives, with everything that it points to.
pub(super) fn output(name: &str) -> Value {
    let mut schema = match TOOLS.pointer(&format!("/{name}/output")) {
        Some(Value::String(shared)) => SCHEMAS.get(shared).cloned().unwrap_or_default(),
        own => own.cloned().unwrap_or_default(),
    };
    let mut pointed_to = Map::new();
    collect(&schema, &mut pointed_to);
    if let (Some(schema), false) = (schema.as_object_mut(), pointed_to.is_empty()) {
        schema.insert("$defs".into(), Value::Object(pointed_to));
    }
    schema
}

/// Adds the shared schemas that `schema` points to, and those that they point to.
fn collect(schema: &Value, found: &mut Map<String, Value>) {
    match schema {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(OWN));
            if let Some(name) = name
                && !found.contains_key(name)
                && let Some(shared) = SCHEMAS.get(name)
            {
                found.insert(name.to_owned(), shared.clone());
                collect(shared, found);
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::tools::Tool;

    #[test]
    fn every_tool_has_whole_schemas() {
        for tool in Tool::ALL {
            for schema in [tool.input(), tool.output()] {
                assert_eq!(schema["type"], "object", "{}", tool.name());
                assert!(schema["properties"].as_object().is_some_and(|members| !members.is_empty()));
                assert!(jsonschema::validator_for(&schema).is_ok(), "{schema}");
            }
            for (member, schema) in tool.input()["properties"].as_object().unwrap() {
                assert!(schema["description"].is_string(), "{}: {member}", tool.name());
            }
        }
        let answer = output("ask");
        assert!(answer["$defs"]["Bibliography"].is_object() && !answer.to_string().contains(SHARED));
    }
}
