/** The parts of a page. None of them may contain the end of its element. */
interface PageParts {
  readonly title: string;
  /** The content security policy, if the page states its own. */
  readonly policy?: string;
  readonly style: string;
  /** Elements before the script. */
  readonly body: string;
  readonly script: string;
}

/** Returns an HTML document with its style and script inline. */
export function htmlPage({ title, policy, style, body, script }: PageParts): string {
  const meta = policy === undefined
    ? ""
    : `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${meta}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page needs JavaScript. Everything that it runs is in this file.</noscript>
<div id="app"></div>
${body}
<script>${script}</script>
</body>
</html>
`;
}
