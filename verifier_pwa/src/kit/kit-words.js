/**
 * The words of the page of one file, some in the place of the application's: there is no camera and no network here.
 * @module
 */

/** @type {Readonly<Record<string, string>>} */
export const fr = Object.freeze({
  'nav.scan': 'Revenir au début',
  'action.again': 'Vérifier une autre attestation',
  'action.refresh': 'Donner des listes plus récentes',
  'ways.title': 'L’attestation',
  'ready.preparing': 'Sans réseau : rien n’est envoyé, rien n’est gardé',
  'fresh.refreshing': 'Lecture des listes…',
  'fresh.offline': 'Aucune liste n’a été donnée : celles de la page servent.',
  'fresh.unreached': 'Aucune liste n’a été donnée : celles de la page servent.',
  'fresh.server': 'Il manque une liste : donnez ensemble trust.cose, chaque status-….cose et les fichiers du dossier genuine.',
  'fresh.captive': 'Ce fichier est une page, pas une liste : enregistrez la liste elle-même, puis donnez-la.',
  'fresh.refused': 'La liste donnée a été refusée ({reason}). Les listes d’avant servent.',
  'fresh.done': 'Listes plus récentes : elles servent jusqu’à la fermeture de la page.',
  'fresh.same': 'Ces listes servaient déjà.',
  'later.missing': 'Cette partie ne se trouve pas dans la page d’un seul fichier. Demandez-la au site de vérification.',
  'kit.title': 'Vérifier une attestation, sans réseau',
  'kit.lead': 'Cette page vérifie sur cet appareil, seule et sans réseau. Elle ne garde et n’envoie rien.',
  'kit.lists.title': 'Les listes',
  'kit.lists.none': 'Aucune liste de confiance acceptable : aucun verdict n’est possible. Donnez trust.cose et les listes de retraits.',
  'kit.lists.trust': 'Liste de confiance, version {version}, du {date}',
  'kit.lists.status': 'Liste de retraits {number} du {date}',
  'kit.lists.how': 'Un retrait plus récent que ces listes n’est pas vu. Avec un appareil connecté, enregistrez {origin}/trust.cose et {origin}/status-1.cose, puis donnez les fichiers ici.',
  'kit.lists.strange': 'Pas des listes publiées : {names}. Attendus : trust.cose, status-1.cose et ses semblables, et les fichiers du dossier genuine, chacun d’au plus 1 Mo.',
  'kit.built': 'Page faite le {date}, version {version}.',
});

/** @type {Readonly<Record<string, string>>} */
export const en = Object.freeze({
  'nav.scan': 'Back to the start',
  'action.again': 'Check another attestation',
  'action.refresh': 'Give newer lists',
  'ways.title': 'The attestation',
  'ready.preparing': 'No network: nothing is sent, nothing is kept',
  'fresh.refreshing': 'Reading the lists…',
  'fresh.offline': 'No list was given: those of the page are used.',
  'fresh.unreached': 'No list was given: those of the page are used.',
  'fresh.server': 'A list is missing: give trust.cose, every status-….cose and the files of the folder genuine together.',
  'fresh.captive': 'This file is a page, not a list: save the list itself, then give it.',
  'fresh.refused': 'The list given was refused ({reason}). The lists of before are used.',
  'fresh.done': 'Newer lists: they are used until the page is closed.',
  'fresh.same': 'These lists were in use already.',
  'later.missing': 'This part is not in the page of one file. Use the verification site for it.',
  'kit.title': 'Check an attestation, without a network',
  'kit.lead': 'This page checks on this device, alone and without a network. It keeps and sends nothing.',
  'kit.lists.title': 'The lists',
  'kit.lists.none': 'No acceptable trust list: no verdict is possible. Give trust.cose and the withdrawal lists.',
  'kit.lists.trust': 'Trust list, version {version}, of {date}',
  'kit.lists.status': 'Withdrawal list {number} of {date}',
  'kit.lists.how': 'A withdrawal more recent than these lists is not seen. On a device with a network, save {origin}/trust.cose and {origin}/status-1.cose, then give the files here.',
  'kit.lists.strange': 'Not published lists: {names}. Expected: trust.cose, status-1.cose and its like, and the files of the folder genuine, each of at most 1 MB.',
  'kit.built': 'Page made on {date}, version {version}.',
});
