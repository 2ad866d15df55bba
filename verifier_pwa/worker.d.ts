// What build.py puts before the body of the service worker, in types.

declare const workbox: {
  core: typeof import('workbox-core');
  routing: typeof import('workbox-routing');
  strategies: typeof import('workbox-strategies');
  precaching: typeof import('workbox-precaching');
};

/** The scope of the service worker, with what the build adds to it. */
interface BuiltWorkerScope extends ServiceWorkerGlobalScope {
  /** The files kept from the first visit, and those kept after them, in the order of need. */
  readonly build: {
    readonly precache: { url: string; revision: string | null; integrity: string }[];
    readonly later: readonly { url: string; integrity: string }[];
  };
}

/** Static routes of the service worker (W3C Service Workers, "addRoutes"), which not every browser has. */
interface StaticRoute {
  condition: { urlPattern: string | { pathname: string; search: string }; requestMode?: 'navigate' };
  source: 'cache' | 'network' | 'fetch-event' | { cacheName: string };
}

interface ExtendableEvent {
  addRoutes?(rules: StaticRoute[]): Promise<void>;
}
