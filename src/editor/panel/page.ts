/** The HTML around a run's page, and what it may load. */

/** Each rule with who needs it; everything else is refused. */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    // Nothing is loaded unless a rule below allows it: no network, no frames, no fonts, no workers.
    "default-src 'none'",
    // The page's one script, by its nonce; nothing inline.
    `script-src 'nonce-${nonce}'`,
    // The page's one style sheet, from dist/webview. Charts draw on canvases and set sizes through the CSSOM, which needs no rule.
    `style-src ${cspSource}`,
    // Nothing is posted, and no <base> may turn relative addresses elsewhere.
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** The document of a panel. All text of a run comes later, by messages. */
export function pageHtml(parts: { readonly cspSource: string; readonly nonce: string; readonly script: string; readonly style: string }): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(parts.cspSource, parts.nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${parts.style}">
<title>Run Doctor</title>
</head>
<body>
<script type="module" nonce="${parts.nonce}" src="${parts.script}"></script>
</body>
</html>`;
}
