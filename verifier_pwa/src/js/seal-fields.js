/**
 * The data identifiers of 2D-DOC: lengths, kind and name of each field; the twin of issuer/seals/fields.py, which says where they are from.
 * @module
 */

/** One line a field: identifier, fewest and most characters (0 for most: no limit), kind, name in French. */
const TABLE = `
01 0 0 X Identifiant unique du document
02 0 0 X Catégorie de document
03 0 0 X Sous-catégorie de document
04 0 0 X Application de composition
05 0 0 X Version de l'application de composition
06 4 4 H Date de l'association entre le document et le code 2D-DOC
07 6 6 N Heure de l'association entre le document et le code
08 4 4 H Date d'expiration du document
09 4 4 N Nombre de pages du document
0A 9 9 N SIREN de l'éditeur
0B 9 9 N SIREN de l'intégrateur
0C 0 0 X Adresse du document
10 0 38 X Ligne 1 de la norme adresse postale du bénéficiaire de la prestation
11 0 38 X Qualité et/ou titre de la personne bénéficiaire de la prestation
12 0 38 X Prénom de la personne bénéficiaire de la prestation
13 0 38 X Nom de la personne bénéficiaire de la prestation
14 0 38 X Ligne 1 de la norme adresse postale du destinataire de la facture
15 0 38 X Qualité et/ou titre de la personne destinataire de la facture
16 0 38 X Prénom de la personne destinataire de la facture
17 0 38 X Nom de la personne destinataire de la facture
18 0 0 X Numéro de la facture
19 0 0 X Numéro de client
1A 0 0 X Numéro du contrat
1B 0 0 X Identifiant du souscripteur du contrat
1C 8 8 D Date d'effet du contrat
1D 0 16 N Montant TTC de la facture
1E 0 30 N Numéro de téléphone du bénéficiaire de la prestation
1F 0 30 N Numéro de téléphone du destinataire de la facture
1G 1 1 N Présence d'un co-bénéficiaire de la prestation non mentionné dans le code
1H 1 1 N Présence d'un co-destinataire de la facture non mentionné dans le code
1I 0 38 X Ligne 1 de la norme adresse postale du co-bénéficiaire de la prestation
1J 0 38 X Qualité et/ou titre du co-bénéficiaire de la prestation
1K 0 38 X Prénom du co-bénéficiaire de la prestation
1L 0 38 X Nom du co-bénéficiaire de la prestation
1M 0 38 X Ligne 1 de la norme adresse postale du co-destinataire de la facture
1N 0 38 X Qualité et/ou titre du co-destinataire de la facture
1O 0 38 X Prénom du co-destinataire de la facture
1P 0 38 X Nom du co-destinataire de la facture
20 0 38 X Ligne 2 de la norme adresse postale du point de service des prestations
21 0 38 X Ligne 3 de la norme adresse postale du point de service des prestations
22 0 38 X Ligne 4 de la norme adresse postale du point de service des prestations
23 0 38 X Ligne 5 de la norme adresse postale du point de service des prestations
24 5 5 N Code postal ou code cedex du point de service des prestations
25 0 32 X Localité de destination ou libellé cedex du point de service des prestations
26 2 2 X Pays de service des prestations
27 0 38 X Ligne 2 de la norme adresse postale du destinataire de la facture
28 0 38 X Ligne 3 de la norme adresse postale du destinataire de la facture
29 0 38 X Ligne 4 de la norme adresse postale du destinataire de la facture
2A 0 38 X Ligne 5 de la norme adresse postale du destinataire de la facture
2B 5 5 N Code postal ou code cedex du destinataire de la facture
2C 0 32 N Localité de destination ou libellé cedex du destinataire de la facture
2D 2 2 X Pays du destinataire de la facture
30 0 140 X Qualité Nom et Prénom
31 14 38 X Code IBAN
32 8 11 X Code BIC/SWIFT
33 0 30 X Code BBAN
34 2 2 X Pays de localisation du compte
35 14 34 X Identifiant SEPAmail (QXBAN)
36 4 4 H Date de début de période
37 4 4 H Date de fin de période
38 0 11 N Solde compte début de période
39 0 11 N Solde compte fin de période
40 13 13 N Numéro fiscal
41 0 12 N Revenu fiscal de référence
42 0 0 X Situation du foyer
43 1 5 X Nombre de parts
44 13 13 X Référence d'avis d'impôt
45 4 4 N Année des revenus
46 0 38 X Déclarant 1
47 13 13 N Numéro fiscal du déclarant 1
48 0 38 X Déclarant 2
49 13 13 N Numéro fiscal du déclarant 2
4A 8 8 D Date de mise en recouvrement
4B 8 8 D Date de la déclaration
50 14 14 N SIRET de l'employeur
51 6 6 N Nombre d'heures travaillées
52 7 7 N Cumul du nombre d'heures travaillées
53 4 4 X Début de période
54 4 4 X Fin de période
55 8 8 D Date de début de contrat
56 4 4 H Date de fin de contrat
57 8 8 D Date de signature du contrat
58 0 11 N Salaire net imposable
59 0 12 N Cumul du salaire net imposable
5A 0 11 N Salaire brut du mois
5B 0 12 N Cumul du salaire brut
5C 0 11 N Salaire net
5D 0 38 X Ligne 2 de la norme adresse postale de l'employeur
5E 0 38 X Ligne 3 de la norme adresse postale de l'employeur
5F 0 38 X Ligne 4 de la norme adresse postale de l'employeur
5G 0 38 X Ligne 5 de la norme adresse postale de l'employeur
5H 5 5 N Code postal ou code cedex de l'employeur
5I 0 32 X Localité de destination ou libellé cedex de l'employeur
5J 2 2 X Pays de l'employeur
5K 0 50 X Identifiant Cotisant Prestations Sociales
5L 9 14 X Numéro de SIRET ou RNA
5M 0 38 X Dénomination sociale
5N 21 21 N Numéro de dossier d'autorisation de travail
5O 0 38 A Nom de l'employeur
5P 0 20 A Prénom de l'employeur
5Q 0 38 A Nom du déclarant
5R 0 20 A Prénom du déclarant
5S 0 40 A Fonction du déclarant
5T 1 1 N Type de contrat de travail
5U 0 12 X Durée du contrat
60 0 60 X Liste des prénoms
61 0 20 X Prénom
62 0 38 X Nom patronymique
63 0 38 X Nom d'usage
64 0 38 X Nom d'épouse/époux
65 2 2 X Type de pièce d'identité
66 0 20 X Numéro de la pièce d'identité
67 2 2 X Nationalité
68 1 1 X Genre
69 8 8 D Date de naissance
6A 0 32 X Lieu de naissance
6B 3 3 X Département du bureau émetteur
6C 2 2 X Pays de naissance
6D 0 60 X Nom et prénom du père
6E 0 60 X Nom et prénom de la mère
6F 0 90 X Machine Readable Zone (Zone de Lecture Automatique, ZLA)
6G 1 38 X Nom
6H 1 10 X Civilité
6I 2 2 X Pays émetteur
6J 1 1 N Type de document étranger
6K 19 19 N Numéro de la demande de document étranger
6L 8 8 D Date de dépôt de la demande
6M 0 40 A Catégorie du titre
6N 8 8 D Date de début de validité
6O 8 8 D Date de fin de validité
6P 0 40 A Autorisation
6Q 0 10 X Numéro d'étranger
6R 12 12 X Numéro de visa
6S 0 38 X Ligne 2 de l'adresse postale du domicile
6T 0 38 X Ligne 3 de l'adresse postale du domicile
6U 0 38 X Ligne 4 de l'adresse postale du domicile
6V 0 38 X Ligne 5 de l'adresse postale du domicile
6W 5 5 N Code postal ou code cedex de l'adresse postale du domicile
6X 0 32 A Commune de l'adresse postale du domicile
6Y 2 2 A Code pays de l'adresse postale du domicile
6Z 9 11 X Numéro d'étranger de l'autorisation de travail
70 12 12 N Date et heure du décès
71 12 12 N Date et heure du constat de décès
72 0 38 X Nom du défunt
73 0 60 X Prénoms du défunt
74 0 38 X Nom de jeune fille du défunt
75 8 8 D Date de naissance du défunt
76 1 1 X Genre du défunt
77 0 45 X Commune de décès
78 5 5 N Code postal de la commune de décès
79 0 114 X Adresse du domicile du défunt
7A 5 5 N Code postal du domicile du défunt
7B 0 45 X Commune du domicile du défunt
7C 1 1 N Obstacle médico-légal
7D 1 1 X Mise en bière
7E 1 1 N Obstacle aux soins de conservation
7F 1 1 N Obstacle aux dons du corps
7G 1 1 N Recherche de la cause du décès
7H 2 2 X Délai de transport du corps
7I 1 1 N Prothèse avec pile
7J 1 1 N Retrait de la pile de prothèse
7K 13 13 X Code NNC
7L 9 9 X Code Finess de l'organisme agréé
7M 0 64 X Identification du médecin
7N 0 128 X Lieu de validation du certificat de décès
7O 1 1 N Certificat de décès supplémentaire
80 0 38 X Nom
81 0 60 X Prénoms
82 0 20 X Numéro de carte
83 0 40 X Organisme de tutelle
84 0 40 X Profession
85 17 17 X Numéro de permis de chasser
86 12 12 X Numéro de licence
90 0 38 X Identité de l'huissier de justice
91 0 38 X Identité ou raison sociale du demandeur
92 0 38 X Identité ou raison sociale du destinataire
93 0 38 X Identité ou raison sociale de tiers concerné
94 0 38 X Intitulé de l'acte
95 0 18 X Numéro de l'acte
96 8 8 D Date de signature de l'acte
A0 2 2 X Pays ayant émis l'immatriculation du véhicule
A1 0 17 X Immatriculation du véhicule
A2 0 17 X Marque du véhicule
A3 0 17 X Nom commercial du véhicule
A4 17 17 X Numéro de série du véhicule (VIN)
A5 3 3 X Catégorie du véhicule
A6 2 2 X Carburant
A7 3 3 X Taux d'émission de CO2 du véhicule (en g/km)
A8 0 12 X Indication de la classe environnementale de réception CE
A9 3 3 X Classe d'émission polluante
AA 8 8 D Date de première immatriculation du véhicule
AB 0 8 X Type de lettre
AC 0 19 X N° Dossier
AD 4 4 H Date Infraction
AE 4 4 N Heure de l'infraction
AF 1 1 X Nombre de points retirés lors de l'infraction
AG 1 1 X Solde de points
AH 0 30 X Numéro de la carte
AI 8 8 D Date d'expiration initiale
AJ 13 13 X Numéro EVTC
AK 7 7 N Numéro de macaron
AL 11 11 X Numéro de la carte
AM 0 5 X Motif de sur-classement
AN 8 8 N Kilométrage
AO 6 6 N Numéro d'identification
AP 0 60 A Type d'engin
AQ 0 25 X Numéro de série
AR 0 35 A Modèle
AS 0 10 A Couleur dominante
AT 1 1 N Type de propriétaire
AU 0 38 X Ligne 2 de l'adresse postale du propriétaire
AV 0 38 X Ligne 3 de l'adresse postale du propriétaire
AW 0 38 X Ligne 4 de l'adresse postale du propriétaire
AX 0 38 X Ligne 5 de l'adresse postale du propriétaire
AY 5 5 N Code postal ou code cedex de l'adresse postale du propriétaire
AZ 0 32 A Commune de l'adresse postale du propriétaire
B0 0 60 X Liste des prénoms
B1 0 20 X Prénom
B2 0 38 X Nom patronymique
B3 0 38 X Nom d'usage
B4 0 38 X Nom d'épouse/époux
B5 2 2 X Nationalité
B6 1 1 X Genre
B7 8 8 D Date de naissance
B8 0 32 X Lieu de naissance
B9 2 2 X Pays de naissance
BA 1 1 N Mention obtenue
BB 0 50 X Numéro ou code d'identification de l'étudiant
BC 0 20 X Numéro du diplôme
BD 1 1 N Niveau du diplôme selon la classification CEC
BE 3 3 N Crédits ECTS obtenus
BF 3 3 X Année universitaire
BG 2 2 X Type de diplôme
BH 0 30 X Domaine
BI 0 30 X Mention
BJ 0 30 X Spécialité
BK 14 14 X Numéro de l'Attestation de versement de la CVE
C0 1 1 X Genre du vendeur
C1 0 38 X Nom patronymique du vendeur
C2 0 20 X Prénom du vendeur
C3 12 12 N Date et heure de la cession
C4 8 8 D Date de la signature du vendeur
C5 1 1 X Genre de l'acheteur
C6 0 38 X Nom patronymique de l'acheteur
C7 0 20 X Prénom de l'acheteur
C8 0 38 X Ligne 4 de la norme adresse postale du domicile de l'acheteur
C9 5 5 N Code postal ou code cedex du domicile de l'acheteur
CA 0 45 X Commune du domicile de l'acheteur
CB 10 10 N N° d'enregistrement
CC 12 12 N Date et heure d'enregistrement dans le SIV
D0 17 17 X Référence RTC
D1 0 50 X Nom du titulaire
D2 0 17 X EORI
D3 8 8 D Date de début de validité
D4 8 8 D Date de fin de validité
D5 8 10 X Code marchandise
D6 8 8 N Numéro de décision
D7 8 8 D Date de décision
D8 2 2 N Durée de validité
D9 8 8 D Date de fin de validité de la licence
DA 8 8 N Numéro de licence
DB 0 50 X Nom de l'expéditeur
DC 0 50 X Prénom de l'expéditeur
DD 8 8 D Date de naissance de l'expéditeur
DE 0 50 X Raison sociale de l'expéditeur
DF 9 9 N SIREN de l'expéditeur
DG 14 14 N SIRET de l'expéditeur
DH 0 17 X EORI de l'expéditeur
DI 4 30 X TIN de l'expéditeur
DJ 0 50 X Nom de l'exportateur
DK 0 50 X Prénom de l'exportateur
DL 8 8 D Date de naissance de l'exportateur
DM 0 50 X Raison sociale de l'exportateur
DN 9 9 N SIREN de l'exportateur
DO 14 14 N SIRET de l'exportateur
DP 0 17 X EORI de l'exportateur
DQ 0 50 X Nom du destinataire
DR 0 50 X Prénom du destinataire
DS 8 8 D Date de naissance du destinataire
DT 0 50 X Raison sociale du destinataire
DU 9 9 N SIREN du destinataire
DV 14 14 N SIRET du destinataire
DW 0 17 X EORI du destinataire
DX 4 30 X TIN du destinataire
DY 3 3 N Nombre de lignes articles
DZ 0 10 X Numéro du bon de livraison
E0 2 2 X Type d'arrêtés Permis de conduire
E1 4 4 H Date édition du document
E2 4 4 H Date de fin de sanction
E3 4 4 H Date de notification
E4 3 3 A Type de relevé de permis de conduire
E5 2 2 N Etat du permis de conduire du conducteur
E6 0 65 X Catégories présentes de permis de conduire
E7 9 9 N SIREN du demandeur du document
E8 12 12 N Date des données issues du SNCP
F0 0 60 X Liste des prénoms
F1 0 38 X Nom patronymique
F2 8 8 D Date de naissance
F3 1 1 X Genre
F4 3 7 X Code analyse
F5 1 1 X Résultat de l'analyse
F6 12 12 N Date et heure du prélèvement
G0 2 2 A Type de procédure
G1 2 2 A Orientation régionale
G2 0 20 X Numéro d'usager
G3 8 8 D Date de fin des droits
G4 0 10 N Somme des montants versés au titre de l'ADA
G5 0 45 X Information de la Direction Territoriale
H0 0 38 A Commune de l'expéditeur
H1 2 2 X Pays de l'expéditeur
H2 0 38 A Commune du destinataire
H3 2 2 X Pays du destinataire
H4 8 8 D Date de départ
H5 8 8 D Date prévisionnelle d'arrivée
H6 0 40 N Numéro de plomb
H7 0 53 X Codes douaniers
H8 7 7 N Nombre d'emballages articles
H9 8 8 N Poids brut articles
HA 8 8 N Poids net articles
HB 9 9 N Valeur douanière articles
HC 0 38 X But de la livraison
HD 0 38 X Adresse de l'expéditeur
HE 0 38 X Code postal et commune de l'expéditeur
HF 0 38 X Adresse du destinataire
HG 0 38 X Code postal et commune du destinataire
HH 0 38 X Référence de la livraison
L0 0 80 X Nom Patronymique du patient
L1 0 80 X Liste des prénoms du patient
L2 8 8 D Date de naissance du patient
L3 0 30 X Nom de la maladie couverte
L4 5 15 X Agent prophylactique
L5 5 30 X Nom du vaccin
L6 5 30 X Fabricant du vaccin
L7 1 1 N Rang du dernier état de vaccination effectué
L8 1 1 N Nombre de doses attendues pour un cycle complet
L9 8 8 D Date du dernier état du cycle de vaccination
LA 2 2 X Etat du cycle de vaccination
`;

/**
 * What a field may hold: from `least` to `most` characters (Infinity: no limit), of `kind` X letters and digits, A letters, N a number, D a day
 * DDMMYYYY, H a day in four hexadecimal digits; `name` in French.
 * @typedef {{ least: number, most: number, kind: string, name: string }} FieldRule
 */

/** Every field by its identifier. @type {ReadonlyMap<string, FieldRule>} */
export const FIELD_RULES = new Map(TABLE.trim().split('\n').map((line) => {
  const [identifier, least, most, kind, ...name] = line.split(' ');
  return [identifier, { least: Number(least), most: Number(most) || Infinity, kind, name: name.join(' ') }];
}));

const PERMIT = '15', WITHOUT_END = '1';
const ALWAYS = ['6L', '5N', '5Q', '5R', '5S', '62', '61', '69', '6A', '67', '5T', '55'], COMPANY = ['50', '5M'], PRIVATE = ['5O', '5P'];

/**
 * The mandatory fields that a document of type 15 lacks or leaves empty, by identifier; of other types, none is known to be mandatory.
 * @param {string} type
 * @param {readonly { identifier: string, value: string }[]} fields
 * @returns {string[]}
 */
export function missingFields(type, fields) {
  if (type !== PERMIT) return [];
  const value = (/** @type {string} */ name) => fields.find(({ identifier }) => identifier === name)?.value;
  const employer = PRIVATE.some(value) ? PRIVATE : COMPANY;
  return [...ALWAYS, ...(value('5T') === WITHOUT_END ? [] : ['5U']), ...employer].filter((name) => !value(name));
}
