//! The library's view of the tools.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    JsonObject, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool as Described,
    ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use super::Backend;
use super::tools::{Reply, Tool, call};

const INSTRUCTIONS: &str = "\
These tools look into one organisation's own documents. They quote and generate nothing: every line that begins \
with `>` stands word for word in a document, and the line under it says where. Pass quotes on as they are, each \
with its source, and keep your own words apart from them. Where the documents do not answer, say so; do not \
answer in their name. A notice about an emergency or a crisis comes first and is passed on whole.";

/// All tools as they are listed.
static DESCRIBED: LazyLock<Vec<(Tool, Described)>> =
    LazyLock::new(|| Tool::ALL.into_iter().map(|tool| (tool, described(tool))).collect());

/// Serves the tools of a backend.
#[derive(Debug, Clone)]
pub(super) struct Handler<B> {
    backend: B,
}

impl<B: Backend> Handler<B> {
    pub(super) fn new(backend: B) -> Self {
        Self { backend }
    }
}

impl<B: Backend> ServerHandler for Handler<B> {
    fn get_info(&self) -> ServerConfig {
        let about = Implementation::new("ibid", env!("CARGO_PKG_VERSION"))
            .with_title(self.backend.config().texts.title.clone());
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(about)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let open = DESCRIBED.iter().filter(|(tool, _)| self.backend.may(tool.scope()));
        Ok(ListToolsResult::with_all_items(open.map(|(_, described)| described.clone()).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let unknown = || ErrorData::invalid_params(Cow::Borrowed("there is no tool of this name"), None);
        let tool = Tool::ALL.into_iter().find(|tool| tool.name() == request.name).ok_or_else(unknown)?;
        let arguments = request.arguments.unwrap_or_default();
        let result = match call(&self.backend, tool, arguments).await {
            Ok(Reply { texts, value }) => {
                let texts = texts.into_iter().map(ContentBlock::text);
                let mut result = CallToolResult::success(texts.collect());
                result.structured_content = Some(value);
                result
            }
            Err(problem) => {
                let text = format!("{}: {}", problem.code.as_str(), problem.detail);
                CallToolResult::error(vec![ContentBlock::text(text)])
            }
        };
        Ok(result.into())
    }

    fn get_tool(&self, name: &str) -> Option<Described> {
        DESCRIBED.iter().find(|(tool, _)| tool.name() == name).map(|(_, described)| described.clone())
    }
}

fn described(tool: Tool) -> Described {
    let object = |schema: Value| -> Arc<JsonObject> {
        Arc::new(match schema {
            Value::Object(members) => members,
            _ => JsonObject::new(),
        })
    };
    Described::new(tool.name(), tool.description(), object(tool.input()))
        .with_title(tool.title())
        .with_raw_output_schema(object(tool.output()))
        .with_annotations(ToolAnnotations::new().read_only(true).idempotent(true).open_world(false))
}
