// Tags as people write them: with commas between them, and in quotes where one has a comma.

const ONE = /\s*(?:("(?:[^"\\]|\\.)*")\s*|([^,]*))(?:,|$)/g;

export const writeTags = (tags) => tags.map((tag) => (/,|^"|^\s|\s$/.test(tag) ? JSON.stringify(tag) : tag)).join(", ");

export function readTags(text) {
  return [...text.matchAll(ONE)].map(([, quoted, plain]) => (quoted ? unquoted(quoted) : plain.trim())).filter(Boolean);
}

function unquoted(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
