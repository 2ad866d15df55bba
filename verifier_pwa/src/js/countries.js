/**
 * The names of nationalities, to be shown beside the codes: only the three letters are signed. The browser knows the names by
 * two letters, which are the first two of three unless written after them.
 * @module
 */

import { language, say } from './messages.js';

const CODES = `
  ABWAW AFG AGOAO AIAAI ALAAX ALB ANDAD AREAE ARG ARMAM ASM ATAAQ ATFTF ATGAG AUS AUTAT AZE BDIBI BEL BENBJ BESBQ BFA BGDBD
  BGR BHR BHSBS BIHBA BLMBL BLRBY BLZBZ BMU BOL BRA BRBBB BRNBN BTN BVT BWA CAFCF CAN CCK CHE CHLCL CHNCN CIV CMR CODCD
  COGCG COKCK COL COMKM CPVCV CRI CUB CUWCW CXR CYMKY CYP CZE DEU DJI DMA DNKDK DOM DZA ECU EGY ERI ESHEH ESP ESTEE ETH FIN
  FJI FLKFK FRA FROFO FSMFM GABGA GBR GEO GGY GHA GIB GINGN GLPGP GMB GNBGW GNQGQ GRC GRDGD GRLGL GTM GUFGF GUM GUYGY HKG
  HMD HND HRV HTI HUN IDN IMN IND IOT IRLIE IRN IRQIQ ISL ISRIL ITA JAMJM JEYJE JOR JPN KAZKZ KEN KGZ KHM KIR KNAKN KORKR
  KWT LAOLA LBN LBRLR LBYLY LCALC LIE LKALK LSO LTU LUX LVA MACMO MAFMF MAR MCO MDA MDGMG MDVMV MEXMX MHL MKDMK MLI MLTMT
  MMR MNEME MNG MNPMP MOZMZ MRT MSRMS MTQMQ MUS MWI MYS MYTYT NAM NCL NER NFK NGA NICNI NIUNU NLD NOR NPLNP NRUNR NZL OMN
  PAKPK PAN PCNPN PER PHL PLWPW PNGPG POLPL PRI PRKKP PRTPT PRYPY PSEPS PYFPF QAT REU ROU RUS RWA SAU SDN SENSN SGPSG SGSGS
  SHN SJM SLBSB SLE SLVSV SMR SOM SPMPM SRBRS SSD STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYR TCA TCDTD TGO THA TJK
  TKL TKMTM TLS TON TTO TUNTN TURTR TUVTV TWN TZA UGA UKRUA UMI URYUY USA UZB VAT VCT VEN VGB VIR VNM VUT WLFWF WSM YEM ZAF
  ZMB ZWE
RKSXK`;

/** Codes of ICAO Doc 9303 that are no country. */
const OTHERS = ['XXA', 'XXB', 'XXC', 'XXX'];

/** @type {Map<string, string> | null} */
let twoLetters = null;

/**
 * `VNM` as `Viêt Nam (VNM)` in the language in use; a code without a name here is given back alone.
 * @param {string} code three capital letters
 * @param {'fr' | 'en'} [wanted] another language than the one in use
 * @returns {string}
 */
export function nationality(code, wanted = language()) {
  if (OTHERS.includes(code)) return `${say(`nationality.${code}`)} (${code})`;
  twoLetters ??= new Map(CODES.trim().split(/\s+/).map((codes) => [codes.slice(0, 3), codes.slice(3) || codes.slice(0, 2)]));
  const region = twoLetters.get(code);
  const name = region && new Intl.DisplayNames([wanted], { type: 'region', fallback: 'none' }).of(region);
  return name ? `${name} (${code})` : code;
}
