"""The questions put to the GraphQL API v2, as text. Fields of other types under one name have aliases: GraphQL asks for
it.
"""

ANSWER = """
fragment Answer on Champ {
  __typename id champDescriptorId label stringValue
  ... on TextChamp { text: value }
  ... on DateChamp { date }
  ... on DatetimeChamp { datetime }
  ... on CiviliteChamp { civilite: value }
  ... on CheckboxChamp { checked: value }
  ... on IntegerNumberChamp { integer: value }
  ... on DecimalNumberChamp { decimal: value }
  ... on PaysChamp { pays { code name } }
  ... on DepartementChamp { departement { code name } }
  ... on CommuneChamp { commune { name postalCode } departement { code name } }
  ... on AddressChamp { address { label postalCode departmentCode } }
  ... on MultipleDropDownListChamp { values }
  ... on SiretChamp { etablissement { siret entreprise { raisonSociale nomCommercial nom prenom } } }
  ... on PieceJustificativeChamp { files { filename contentType byteSizeBigInt checksum } }
}
"""

WHOLE = (
    """
fragment Whole on Dossier {
  id number state archived dateDepot datePassageEnInstruction dateTraitement dateDerniereModification
  usager { email }
  groupeInstructeur { number label }
  demandeur {
    __typename
    ... on PersonnePhysique { civilite nom prenom dateDeNaissance email }
    ... on PersonneMorale { siret entreprise { raisonSociale nomCommercial nom prenom } }
    ... on PersonneMoraleIncomplete { siret }
  }
  traitements { state emailAgentTraitant dateTraitement }
  messages { email createdAt }
  champs { ...Answer }
  annotations { ...Answer }
}
"""
    + ANSWER
)

_DELETED = """
    deletedDossiers(first: 100, deletedSince: $deletedSince) @include(if: $deleted) {
      nodes { number dateSupression } pageInfo { endCursor hasNextPage }
    }
    pendingDeletedDossiers(first: 100, deletedSince: $deletedSince) @include(if: $deleted) {
      nodes { number dateSupression } pageInfo { endCursor hasNextPage }
    }
"""

PAGE = (
    """
query page($demarche: Int!, $first: Int!, $after: String, $updatedSince: ISO8601DateTime,
           $deletedSince: ISO8601DateTime, $deleted: Boolean!) {
  demarche(number: $demarche) {
    dossiers(first: $first, after: $after, updatedSince: $updatedSince, order: ASC) {
      pageInfo { endCursor hasNextPage }
      nodes { ...Whole }
    }"""
    + _DELETED
    + "  }\n}\n"
    + WHOLE
)

DELETED_PAGE = """
query deletedPage($demarche: Int!, $after: String, $deletedSince: ISO8601DateTime, $pending: Boolean!) {
  demarche(number: $demarche) {
    deletedDossiers(first: 100, after: $after, deletedSince: $deletedSince) @skip(if: $pending) {
      nodes { number dateSupression } pageInfo { endCursor hasNextPage }
    }
    pendingDeletedDossiers(first: 100, after: $after, deletedSince: $deletedSince) @include(if: $pending) {
      nodes { number dateSupression } pageInfo { endCursor hasNextPage }
    }
  }
}
"""
"""What follows when more than a page of dossiers were deleted."""

BARE_PAGE = """
query barePage($demarche: Int!, $first: Int!, $after: String, $updatedSince: ISO8601DateTime) {
  demarche(number: $demarche) {
    dossiers(first: $first, after: $after, updatedSince: $updatedSince, order: ASC) {
      pageInfo { endCursor hasNextPage }
      nodes { id number state archived dateDepot dateDerniereModification }
    }
  }
}
"""
"""What can still be read of a dossier that cannot be read whole."""

DOSSIER = "query dossier($number: Int!) { dossier(number: $number) { ...Whole } }\n" + WHOLE

STANDING = """
query standing($number: Int!) {
  dossier(number: $number) {
    id number state dateDerniereModification dateTraitement
    motivationAttachment { filename checksum }
    messages { createdAt body attachments { filename checksum } }
  }
}
"""
"""Where a dossier stands, to find out whether an act was done."""

PIECES = """
query pieces($number: Int!) {
  dossier(number: $number) {
    champs {
      __typename id champDescriptorId label
      ... on PieceJustificativeChamp { files { filename contentType byteSizeBigInt checksum url virusScanResult } }
    }
    annotations {
      __typename id champDescriptorId label
      ... on PieceJustificativeChamp { files { filename contentType byteSizeBigInt checksum url virusScanResult } }
    }
  }
}
"""
"""The pieces with their addresses, which live one hour: asked for when somebody wants to look."""

DESCRIPTION = """
query description($demarche: Int!) {
  demarche(number: $demarche) {
    number title state
    groupeInstructeurs { number label instructeurs { id email } }
    activeRevision {
      champDescriptors { __typename id label required }
      annotationDescriptors { __typename id label required }
    }
  }
}
"""

UPLOAD = """
mutation upload($input: CreateDirectUploadInput!) {
  createDirectUpload(input: $input) { directUpload { url headers signedBlobId } }
}
"""
ACCEPT = """
mutation accept($input: DossierAccepterInput!) {
  dossierAccepter(input: $input) { dossier { number state dateTraitement } errors { message } }
}
"""
REFUSE = """
mutation refuse($input: DossierRefuserInput!) {
  dossierRefuser(input: $input) { dossier { number state dateTraitement } errors { message } }
}
"""
CLOSE = """
mutation close($input: DossierClasserSansSuiteInput!) {
  dossierClasserSansSuite(input: $input) { dossier { number state dateTraitement } errors { message } }
}
"""
SEND = """
mutation send($input: DossierEnvoyerMessageInput!) {
  dossierEnvoyerMessage(input: $input) { message { id createdAt } errors { message } }
}
"""
