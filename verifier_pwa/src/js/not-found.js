/**
 * The page of unknown addresses: a link whose `#` was sent as `%23` goes on to the verifier, in the place of this page, so that neither the
 * address nor the history keeps it.
 * @module
 */

const ENCODED = /^\/%(?:25)*23(?=[0-9%])/i;

if (ENCODED.test(location.pathname)) location.replace(`/#${location.pathname.replace(ENCODED, '')}${location.search}`);
