// Whose request is this? The page's half of server/catalogue/match.go: same rules, same answers, held together by
// server/catalogue/testdata/match.json. The text of the rules is written by server/catalogue/compact.go.

/** The path is "*" where all of the host is the vendor's. */
type Rule = [host: string, path: string, vendor: number];

/** Whether text is the pattern with any text for its stars. The first place of each part will do: no backtracking. */
const fits = (pattern: string, text: string): boolean => {
  let at = 0;
  return pattern.split('*').every((part, i, parts) => {
    const from = at;
    const place = i + 1 < parts.length ? text.indexOf(part, at) : text.length - part.length;
    at = place + part.length;
    return place >= from && (i || !place) && text.startsWith(part, place);
  });
};

/**
 * Reads the compact text of a site's rules. The function that it returns says which vendor owns a URL: its position
 * in the site's list, or -1.
 */
export const matcher = (rules: string): ((url: URL) => number) => {
  // By host ("static.criteo.net"), by suffix (".criteo.net") and, for hosts with a star, by star and suffix
  // ("*.a8.net"). It has no prototype: a page may well ask for the host "constructor".
  const table: Record<string, Rule[] | undefined> = { __proto__: null } as {};
  let vendor = 0;
  let host = '';
  for (const token of rules.split(' '))
    if (!token) vendor++;
    else if (+token >= 0) vendor = +token;
    else {
      const [name] = token.split('/');
      host = name || host;
      (table[host.replace(/.*\*[^.]*/, '*')] ||= []).push([host, token.slice(name.length) || '*', vendor]);
    }
  return ({ hostname, pathname, search }) => {
    const host = hostname.replace(/\.$/, '');
    const find = (key: string, text = key) =>
      table[key]?.find(
        ([name, path]) => fits(name, text) && (fits(path, pathname) || fits(path, pathname + search)),
      );
    let dot = host.indexOf('.');
    // The star in a host stands for letters and digits of its first label.
    let rule = find(host) || (/^[a-z\d]+\./.test(host) && find('*' + host.slice(dot), host));
    for (; !rule && dot >= 0; dot = host.indexOf('.', dot + 1)) rule = find(host.slice(dot));
    return rule ? rule[2] : -1;
  };
};
